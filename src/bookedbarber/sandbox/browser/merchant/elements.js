/* A group of Elements for one payment, as `stripe.elements(options)` returns it. */

const MODES = ["payment", "setup", "subscription"];

class Elements {
  #connection;
  #options;
  #payment = null;
  #submitted = false;

  constructor(connection, options) {
    if (options.clientSecret && options.mode) {
      throw new IntegrationError("Pass either clientSecret or mode to elements(), not both.");
    }
    if (options.mode && !MODES.includes(options.mode)) {
      throw new IntegrationError(
        `Invalid value for elements(): mode should be one of: ${MODES.join(", ")}. ` +
          `You specified: ${options.mode}.`,
      );
    }
    if (options.mode === "payment" && !Number.isInteger(options.amount)) {
      throw new IntegrationError("elements(): amount should be an integer when mode is payment.");
    }
    if (options.mode && options.mode !== "setup" && !options.currency) {
      throw new IntegrationError("elements(): currency is required with this mode.");
    }
    this.#connection = connection;
    this.#options = options;
  }

  get clientSecret() {
    return this.#options.clientSecret;
  }

  create(type, options = {}) {
    if (type !== "payment") {
      throw new IntegrationError(`elements.create("${type}") is not part of the sandbox.`);
    }
    if (this.getElement("payment")) {
      throw new IntegrationError("Can only create one Element of type payment in a group.");
    }
    this.#payment = new PaymentElement(options, () => this.#shared());
    return this.#payment;
  }

  getElement(type) {
    return type === "payment" && !this.#payment?.destroyed ? this.#payment : null;
  }

  update(options) {
    if (options.clientSecret) {
      throw new IntegrationError("elements.update() cannot change the clientSecret.");
    }
    this.#options = { ...this.#options, ...options };
    this.#payment?.refresh();
  }

  /* Shows what is missing in the form; {} when nothing is. */
  async submit() {
    const { error } = await this.ready("elements.submit()").ask("submit");
    this.#submitted = !error;
    return error ? { error } : { selectedPaymentMethod: "card" };
  }

  /* Fetches the intent again, after the server changed its amount. */
  async fetchUpdates() {
    const { error } = await this.ready("elements.fetchUpdates()").ask("fetch");
    return error ? { error } : {};
  }

  /* The mounted Payment Element, or Stripe's complaint that there is none. */
  ready(caller) {
    if (!this.#payment?.mounted) {
      throw new IntegrationError(
        `Invalid value for ${caller}: elements should have a mounted Payment Element or ` +
          "Express Checkout Element.",
      );
    }
    return this.#payment;
  }

  /* The secret to confirm with; the deferred flow demands submit() first, as Stripe's does. */
  secretFor(caller, clientSecret) {
    if (this.#options.clientSecret) return this.#options.clientSecret;
    if (!this.#submitted) {
      throw new IntegrationError(
        `elements.submit() must be called before ${caller}. Call it as soon as your customer ` +
          "presses pay, prior to any asynchronous work.",
      );
    }
    if (!clientSecret) {
      throw new IntegrationError(`${caller}: clientSecret is required with deferred intents.`);
    }
    return clientSecret;
  }

  #shared() {
    return { ...this.#connection, ...this.#options };
  }
}
