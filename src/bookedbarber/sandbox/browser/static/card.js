/* The card frame. It takes orders from the page that holds it and calls the API itself, so that
   card digits go from this origin to this origin and nowhere else. */

import * as api from "./api.js";
import { dress } from "./appearance.js";
import { countryOf } from "./countries.js";
import * as fields from "./fields.js";
import { reportHeight, say, serve } from "./parent.js";

const TERMINAL = ["succeeded", "canceled", "processing", "requires_capture"];
const form = document.getElementById("card");

let setup = {};
let intent = null;
let told = "";

/* Tells the holder only what is new to it: complete, empty, kind of payment method. */
function changed() {
  const state = fields.state();
  if (JSON.stringify(state) === told) return;
  told = JSON.stringify(state);
  say("change", state);
}

const asks = (wish, part) => wish !== "never" && wish?.[part] !== "never";

function arrange(given) {
  setup = given;
  dress(setup.appearance);
  const { fields: wishes, defaultValues, terms, business, layout } = setup.options;
  const billing = wishes?.billingDetails;
  const address = typeof billing === "string" ? billing : billing?.address;
  fields.arrange({
    country: asks(address, "country"),
    postalCode: asks(address, "postalCode"),
    chosen: defaultValues?.billingDetails?.address?.country ?? countryOf(setup.locale),
    locale: setup.locale,
  });
  form.dataset.layout = layout?.type ?? layout ?? "tabs";
  showTerms(terms?.card ?? "auto", business?.name ?? "this business");
}

function showTerms(wish, business) {
  const later = setup.setupFutureUsage ?? intent?.setup_future_usage;
  const saves = later || setup.mode === "setup" || kind() === "setup";
  const node = document.getElementById("terms");
  node.hidden = wish === "never" || (wish === "auto" && !saves);
  node.textContent =
    `By providing your card information, you allow ${business} to charge your card for future ` +
    "payments in accordance with their terms.";
}

const kind = () => (setup.clientSecret?.startsWith("seti_") ? "setup" : "payment");

/* Reads the intent this form is for; one that is over cannot be paid again. */
async function load() {
  if (!setup.clientSecret) return null;
  const { error, paymentIntent, setupIntent } = await api.retrieve({ ...setup, kind: kind() });
  if (error) return error;
  intent = paymentIntent ?? setupIntent;
  if (!TERMINAL.includes(intent.status)) return null;
  return {
    type: "invalid_request_error",
    code: `${intent.object}_unexpected_state`,
    message:
      "This intent is in a terminal state and cannot be used to initialize Elements: its status " +
      `is ${intent.status}.`,
    [intent.object]: intent,
  };
}

function merged(details = {}) {
  const data = fields.paymentMethodData();
  const { billing_details: given = {}, ...rest } = details;
  const address = { ...data.billing_details.address, ...given.address };
  return { ...data, ...rest, billing_details: { ...given, address } };
}

/* Runs `work` with the form locked, unless something in it is wrong. */
async function unlessWrong(work) {
  const error = fields.reveal();
  if (error) return { error };
  fields.lock(true);
  try {
    return await work();
  } finally {
    fields.lock(false);
  }
}

async function pay({ kind: wanted, clientSecret, params, ...connection }) {
  const { payment_method_data: details, ...rest } = params;
  const made = await api.createPaymentMethod({ ...connection, data: merged(details) });
  if (made.error) return made;
  const { id } = made.paymentMethod;
  const confirmation = { ...rest, payment_method: id };
  return api.confirm({ ...connection, kind: wanted, clientSecret, params: confirmation });
}

serve({
  async setup(given) {
    arrange(given);
    reportHeight(document.body);
    const error = await load();
    if (error) return say("loaderror", { error });
    arrange(setup); // the intent may ask for terms
    return say("ready");
  },
  update: arrange,
  async fetch() {
    const error = await load();
    return error ? { error } : {};
  },
  submit() {
    const error = fields.reveal();
    return error ? { error } : {};
  },
  createPaymentMethod: ({ params, ...connection }) =>
    unlessWrong(() => api.createPaymentMethod({ ...connection, data: merged(params) })),
  confirm: (order) => unlessWrong(() => pay(order)),
  refuse: ({ error }) => fields.refuse(error),
  focus: fields.focus,
  blur: () => document.activeElement.blur(),
  clear() {
    fields.clear();
    changed();
  },
});

fields.listen(changed);
form.addEventListener("focusin", ({ relatedTarget }) => relatedTarget || say("focus"));
form.addEventListener("focusout", ({ relatedTarget }) => relatedTarget || say("blur"));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("keydown", ({ key, target }) => {
  if (key === "Enter" && target.matches("input")) say("enter");
  if (key === "Escape") say("escape");
});
