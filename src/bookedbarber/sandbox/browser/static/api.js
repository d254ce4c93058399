/* The sandbox's own API, called from the sandbox's own origin with a publishable key. */

const KINDS = {
  payment: { path: "payment_intents", intent: "paymentIntent", parameter: "payment_intent" },
  setup: { path: "setup_intents", intent: "setupIntent", parameter: "setup_intent" },
};
const UNREACHABLE = {
  type: "api_connection_error",
  message:
    "We are experiencing issues connecting to our payments provider. " +
    "Please check your internet connection and try again.",
};

/* Stripe's form encoding: nested names in brackets, nothing for what is undefined. */
export function encode(parameters, prefix = "", form = new URLSearchParams()) {
  for (const [name, value] of Object.entries(parameters)) {
    const key = prefix ? `${prefix}[${name}]` : name;
    if (value === undefined || value === null) continue;
    if (typeof value === "object") encode(value, key, form);
    else form.append(key, String(value));
  }
  return form;
}

/* Resolves with Stripe's object or `{error}`, as its wire format has it; never rejects. */
async function call(method, path, parameters, { key, account, version }) {
  const headers = { Authorization: `Bearer ${key}` };
  if (account) headers["Stripe-Account"] = account;
  if (version) headers["Stripe-Version"] = version;
  const form = encode(parameters);
  const get = method === "GET";
  try {
    const answer = await fetch(`/v1/${path}${get ? `?${form}` : ""}`, {
      method,
      headers,
      body: get ? undefined : form,
    });
    return await answer.json();
  } catch {
    return { error: UNREACHABLE };
  }
}

const idOf = (clientSecret) => clientSecret.split("_secret_")[0];

/* Stripe.js names the intent by kind; an error carries it under its own name already. */
const named = (name, answer) => (answer.error ? { error: answer.error } : { [name]: answer });

export async function retrieve({ kind, clientSecret, ...connection }) {
  const { path, intent } = KINDS[kind];
  const parameters = { client_secret: clientSecret };
  return named(intent, await call("GET", `${path}/${idOf(clientSecret)}`, parameters, connection));
}

export async function createPaymentMethod({ data, ...connection }) {
  return named("paymentMethod", await call("POST", "payment_methods", data, connection));
}

export async function confirm({ kind, clientSecret, params, ...connection }) {
  const { path, intent } = KINDS[kind];
  const parameters = { ...params, client_secret: clientSecret, use_stripe_sdk: true };
  const address = `${path}/${idOf(clientSecret)}/confirm`;
  return named(intent, await call("POST", address, parameters, connection));
}

/* Tells the bank how the client did, "succeed" or "fail"; answers where the client goes next. */
export async function finishChallenge(intent, outcome) {
  const answer = await fetch(`/browser/3ds/${encodeURIComponent(intent)}`, {
    method: "POST",
    body: new URLSearchParams({ outcome }),
  });
  if (!answer.ok) throw new Error(`The challenge answered ${answer.status}`);
  return answer.json();
}
