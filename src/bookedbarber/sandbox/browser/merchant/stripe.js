/* Stripe(key): the part of Stripe.js that a payment page uses, spoken to the sandbox. */

const KINDS = {
  payment: { intent: "paymentIntent", parameter: "payment_intent" },
  setup: { intent: "setupIntent", parameter: "setup_intent" },
};
const UNABLE = {
  type: "invalid_request_error",
  message:
    "We are unable to authenticate your payment method. " +
    "Please choose a different payment method and try again.",
};
const ABSENT = [
  "collectBankAccountForPayment", "collectBankAccountForSetup", "collectBankAccountToken",
  "confirmAcssDebitPayment", "confirmBancontactPayment", "confirmCardPayment", "confirmCardSetup",
  "confirmIdealPayment", "confirmKlarnaPayment", "confirmSepaDebitPayment",
  "confirmUsBankAccountPayment", "createConfirmationToken", "createEphemeralKeyNonce",
  "createEmbeddedCheckoutPage", "createRadarSession", "createSource", "createToken",
  "handleCardAction", "initCheckout", "initEmbeddedCheckout", "paymentRequest", "processOrder",
  "redirectToCheckout", "retrieveOrder", "retrieveSource", "updatePaymentIntent",
  "verifyIdentity", "verifyMicrodepositsForPayment", "verifyMicrodepositsForSetup",
]; // prettier-ignore

const kindOf = (clientSecret) => (clientSecret.startsWith("seti_") ? "setup" : "payment");
const idOf = (clientSecret) => clientSecret.split("_secret_")[0];

function checkKey(key) {
  if (typeof key !== "string" || key.trim() === "") {
    throw new IntegrationError(
      "Please call Stripe() with your publishable key. You used an empty string.",
    );
  }
  if (/^[sr]k_/.test(key)) {
    throw new IntegrationError(
      "You should not use your secret key with Stripe.js. Please pass a publishable key instead.",
    );
  }
  if (!key.startsWith("pk_test_")) {
    throw new IntegrationError("The sandbox accepts publishable test keys only (pk_test_...).");
  }
}

function checkSecret(caller, clientSecret) {
  if (!/^(pi|seti)_\w+_secret_\w+$/.test(clientSecret ?? "")) {
    throw new IntegrationError(
      `Invalid value for ${caller}: client secret should be a client secret of the form ` +
        `\${id}_secret_\${secret}. You specified: ${clientSecret}.`,
    );
  }
}

function checkReturnUrl(caller, returnUrl, redirect) {
  if (!["always", "if_required"].includes(redirect)) {
    throw new IntegrationError(
      `Invalid value for ${caller}: redirect should be one of: always, if_required.`,
    );
  }
  if (!returnUrl && redirect === "if_required") return;
  if (!/^https?:\/\/./.test(returnUrl)) {
    throw new IntegrationError(
      `Invalid value for ${caller}: confirmParams.return_url must be an absolute URL with ` +
        "an explicit scheme, such as https.",
    );
  }
}

/* Where the client lands afterwards, with Stripe's three parameters. */
function landing(kind, intent, returnUrl) {
  const { parameter } = KINDS[kind];
  const url = new URL(returnUrl);
  url.searchParams.set(parameter, intent.id);
  url.searchParams.set(`${parameter}_client_secret`, intent.client_secret);
  const status = { requires_capture: "succeeded", processing: "pending" }[intent.status];
  url.searchParams.set("redirect_status", status ?? intent.status);
  return url.href;
}

/* Leaves the page; like Stripe's, the promise of a page that is left never resolves. */
function leaveFor(url) {
  window.location.assign(url);
  return new Promise(() => {});
}

class SandboxStripe {
  #connection;
  #controller = null;
  #confirming = new Set();

  constructor(key, options) {
    this.#connection = { key, account: options.stripeAccount, version: options.apiVersion };
    this.#connection.locale = options.locale;
    window.addEventListener("pageshow", () => this.#confirming.clear()); // back from the bank
  }

  elements(options = {}) {
    return new Elements(this.#connection, options);
  }

  confirmPayment(options) {
    return this.#confirm("payment", "stripe.confirmPayment()", options);
  }

  confirmSetup(options) {
    return this.#confirm("setup", "stripe.confirmSetup()", options);
  }

  async retrievePaymentIntent(clientSecret) {
    checkSecret("stripe.retrievePaymentIntent()", clientSecret);
    return this.#retrieve(clientSecret);
  }

  async retrieveSetupIntent(clientSecret) {
    checkSecret("stripe.retrieveSetupIntent()", clientSecret);
    return this.#retrieve(clientSecret);
  }

  async handleNextAction({ clientSecret }) {
    checkSecret("stripe.handleNextAction()", clientSecret);
    const found = await this.#retrieve(clientSecret);
    return found.error ? found : this.#follow(kindOf(clientSecret), found, clientSecret);
  }

  async createPaymentMethod({ elements, params = {} }) {
    const caller = "stripe.createPaymentMethod()";
    if (!(elements instanceof Elements)) {
      throw new IntegrationError(`${caller} takes { elements, params } in the sandbox.`);
    }
    const element = elements.ready(caller);
    const answer = await element.ask("createPaymentMethod", { ...this.#connection, params });
    if (answer.error) element.refuse(answer.error);
    return answer;
  }

  registerAppInfo() {}

  _registerWrapper() {}

  async #confirm(kind, caller, options) {
    const { elements, confirmParams = {}, redirect = "always" } = options;
    const { return_url: returnUrl } = confirmParams;
    checkReturnUrl(caller, returnUrl, redirect);
    if (elements && !(elements instanceof Elements)) {
      throw new IntegrationError(`Invalid value for ${caller}: elements should be an Elements.`);
    }
    const element = elements?.ready(caller);
    const clientSecret = elements?.secretFor(caller, options.clientSecret) ?? options.clientSecret;
    checkSecret(caller, clientSecret);
    element?.requireBilling(caller, confirmParams.payment_method_data?.billing_details);
    if (kindOf(clientSecret) !== kind) {
      throw new IntegrationError(`${caller} cannot confirm ${idOf(clientSecret)}.`);
    }
    if (this.#confirming.has(clientSecret)) {
      throw new IntegrationError(`${caller} is already in progress for ${idOf(clientSecret)}.`);
    }
    this.#confirming.add(clientSecret);
    try {
      const body = { ...this.#connection, kind, clientSecret, params: confirmParams };
      const asked = element ? element.ask("confirm", body) : this.#ask("confirm", body);
      const answer = await this.#follow(kind, await asked, clientSecret);
      const intent = answer[KINDS[kind].intent];
      if (answer.error) element?.refuse(answer.error);
      if (answer.error || redirect === "if_required") return answer;
      return await leaveFor(landing(kind, intent, returnUrl));
    } finally {
      this.#confirming.delete(clientSecret);
    }
  }

  /* Sees the client through what the intent asks for next, then answers with where it stands. */
  async #follow(kind, answer, clientSecret) {
    const intent = answer[KINDS[kind].intent];
    if (answer.gone) {
      throw new IntegrationError("The Payment Element was removed while it was confirming.");
    }
    if (answer.error || intent.status !== "requires_action") return answer;
    const { next_action: action } = intent;
    if (action.type === "redirect_to_url") return leaveFor(action.redirect_to_url.url);
    await authenticate(intent.id, () => this.#ask("cancelChallenge", { intent: intent.id }));
    return this.#settled(kind, clientSecret);
  }

  async #settled(kind, clientSecret) {
    const found = await this.#retrieve(clientSecret);
    const { intent: name, parameter } = KINDS[kind];
    const intent = found[name];
    if (found.error || !["requires_payment_method", "requires_action"].includes(intent.status)) {
      return found;
    }
    const last = intent.last_payment_error ?? intent.last_setup_error;
    const unable = `${parameter}_authentication_failure`;
    const error = last && last.code !== unable ? last : { ...last, ...UNABLE, code: unable };
    return { error: { ...error, [parameter]: intent } };
  }

  #retrieve(clientSecret) {
    const kind = kindOf(clientSecret);
    return this.#ask("retrieve", { ...this.#connection, kind, clientSecret });
  }

  /* What needs no card goes through a hidden frame, so that the page itself calls nobody. */
  #ask(type, body) {
    if (!this.#controller) {
      this.#controller = new SandboxFrame("/browser/controller", "Controller", () => {});
      this.#controller.node.setAttribute("aria-hidden", "true");
      this.#controller.node.tabIndex = -1;
      this.#controller.node.style.display = "none";
      document.body.append(this.#controller.node);
    }
    return this.#controller.ask(type, structuredClone(body));
  }
}

for (const name of ABSENT) {
  SandboxStripe.prototype[name] = () => {
    throw new IntegrationError(`stripe.${name}() is not part of the sandbox.`);
  };
}

function Stripe(key, options = {}) {
  checkKey(key);
  return new SandboxStripe(key, options);
}
Stripe.version = 3;

window.Stripe = Stripe;
