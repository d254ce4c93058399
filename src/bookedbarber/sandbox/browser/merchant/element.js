/* The Payment Element: the card frame mounted in the merchant's page, with Stripe's events. */

const FIRST_HEIGHT = "248px"; // close to the real one, so that the page does not jump

class PaymentElement {
  #options;
  #shared;
  #frame = null;
  #handlers = new Map();
  destroyed = false;

  /* `shared()` gives what the group knows: key, client secret, mode, appearance, locale. */
  constructor(options, shared) {
    this.#options = options;
    this.#shared = shared;
  }

  get mounted() {
    return this.#frame !== null;
  }

  on(event, handler) {
    if (typeof handler !== "function") {
      throw new IntegrationError(`element.on("${event}") needs a function as its handler.`);
    }
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    return this;
  }

  once(event, handler) {
    const once = (payload) => {
      this.off(event, once);
      handler(payload);
    };
    return this.on(event, once);
  }

  off(event, handler) {
    const kept = handler ? (this.#handlers.get(event) ?? []).filter((one) => one !== handler) : [];
    this.#handlers.set(event, kept);
    return this;
  }

  mount(target) {
    if (this.destroyed) throw new IntegrationError("This Element has already been destroyed.");
    const place = typeof target === "string" ? document.querySelector(target) : target;
    if (!(place instanceof HTMLElement)) {
      throw new IntegrationError(
        `The selector you specified (${target}) applies to no DOM elements that are currently ` +
          "on the page. Make sure the element exists on the page before calling mount().",
      );
    }
    if (this.#frame?.node.parentElement === place) return this;
    this.unmount();
    const title = "Secure payment input frame";
    const frame = new SandboxFrame("/browser/card", title, (type, body) => this.#hear(type, body));
    Object.assign(frame.node.style, {
      border: "0",
      display: "block",
      width: "100%",
      height: FIRST_HEIGHT,
    });
    this.#frame = frame;
    this.#matchColorScheme();
    place.replaceChildren(frame.node);
    return this;
  }

  unmount() {
    this.#frame?.remove();
    this.#frame = null;
    return this;
  }

  destroy() {
    this.unmount();
    this.destroyed = true;
    return this;
  }

  update(options) {
    this.#options = { ...this.#options, ...options };
    this.refresh();
    return this;
  }

  focus() {
    this.#frame?.node.focus();
    this.#frame?.tell("focus");
  }

  blur() {
    this.#frame?.tell("blur");
  }

  clear() {
    this.#frame?.tell("clear");
  }

  collapse() {}

  /* Sends the frame what changed in the group's or the element's options. */
  refresh() {
    this.#matchColorScheme();
    this.#frame?.tell("update", this.#setup());
  }

  /* What the form was told never to ask, the merchant must give; live Stripe.js insists too. */
  requireBilling(caller, given) {
    const wish = this.#options.fields?.billingDetails;
    const address = wish?.address ?? wish;
    for (const [asked, name] of [["country", "country"], ["postalCode", "postal_code"]]) {
      const never = address === "never" || address?.[asked] === "never";
      if (!never || given?.address?.[name] !== undefined) continue;
      throw new IntegrationError(
        `You specified "never" for fields.billing_details.address.${name} when creating the ` +
          "payment Element, but did not pass confirmParams.payment_method_data.billing_details." +
          `address.${name} when calling ${caller}.`,
      );
    }
  }

  /* Shows in the form what the bank said of the card. */
  refuse(error) {
    if (error.type === "card_error") this.#frame?.tell("refuse", { error });
  }

  ask(type, body) {
    return this.#frame.ask(type, body);
  }

  #setup() {
    return structuredClone({ ...this.#shared(), options: this.#options });
  }

  /* A frame whose colour scheme differs from its element's is painted opaque by the browser. */
  #matchColorScheme() {
    if (!this.#frame) return;
    const night = this.#shared().appearance?.theme === "night";
    this.#frame.node.style.colorScheme = night ? "dark" : "light";
  }

  #hear(type, body) {
    if (type === "open") this.#frame.tell("setup", this.#setup());
    else if (type === "height") this.#frame.node.style.height = `${Number(body.height)}px`;
    else if (type === "enter") this.#frame.node.closest("form")?.requestSubmit();
    else this.#emit(type, body);
  }

  #emit(type, body) {
    for (const handler of this.#handlers.get(type) ?? []) {
      handler({ elementType: "payment", ...body });
    }
  }
}
