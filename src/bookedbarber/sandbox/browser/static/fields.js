/* The fields of the card form: written, checked, and shown with what is wrong. */

import { brandOf } from "./brands.js";
import * as checks from "./checks.js";
import { countries, localeOf } from "./countries.js";
import * as writing from "./writing.js";

const input = (name) => document.getElementById(`Field-${name}Input`);
const errorOf = (name) => document.getElementById(`Field-${name}Error`);
const TYPED = ["number", "expiry", "cvc", "postalCode"];

/* Which field a refusal of the bank is shown under. */
const FIELD_OF_CODE = {
  expired_card: "expiry",
  invalid_expiry_month: "expiry",
  invalid_expiry_year: "expiry",
  incorrect_cvc: "cvc",
  invalid_cvc: "cvc",
  incorrect_zip: "postalCode",
};

let refused = null; // the field that shows the bank's refusal, until the client types again

const valueOf = (name) => input(name).value;
const brand = () => brandOf(valueOf("number").replace(/\D/g, ""));

const WRITE = {
  number: writing.cardNumber,
  expiry: writing.expiry,
  cvc: (text) => writing.cvc(text, brand()),
  postalCode: (text) => writing.postalCode(text, valueOf("country")),
};
const CHECK = {
  number: checks.checkNumber,
  expiry: (text) => checks.checkExpiry(text),
  cvc: (text) => checks.checkCvc(text, brand()),
  postalCode: (text) => checks.checkPostalCode(text, valueOf("country")),
};

const shown = (name) => !input(name).closest(".field").hidden;
const asked = () => TYPED.filter(shown);
const problemOf = (name) => CHECK[name](valueOf(name));

/* What the merchant's page may know while the client types. */
export function state() {
  return {
    collapsed: false,
    complete: asked().every((name) => problemOf(name) === null),
    empty: asked().every((name) => valueOf(name) === ""),
    value: { type: "card" },
  };
}

/* The card and address as the API takes them. Never leaves the frame but to its own origin. */
export function paymentMethodData() {
  const [month, year] = valueOf("expiry").split(" / ");
  const number = valueOf("number").replace(/\D/g, "");
  return {
    type: "card",
    card: { number, exp_month: month, exp_year: `20${year}`, cvc: valueOf("cvc") },
    billing_details: {
      address: {
        country: shown("country") ? valueOf("country") : undefined,
        postal_code: shown("postalCode") ? valueOf("postalCode") : undefined,
      },
    },
  };
}

/* Shows every problem and goes to the first; answers with that one, or null. */
export function reveal() {
  for (const name of asked()) show(name, problemOf(name)?.message);
  const first = asked().find((name) => problemOf(name));
  if (first) input(first).focus();
  return first ? problemOf(first) : null;
}

/* Shows what the bank said under the field it concerns. */
export function refuse({ code, message }) {
  const name = FIELD_OF_CODE[code] ?? "number";
  refused = shown(name) ? name : "number";
  show(refused, message);
}

export function lock(locked) {
  document.getElementById("card").setAttribute("aria-busy", String(locked));
  for (const name of TYPED) input(name).readOnly = locked;
}

export function clear() {
  for (const name of TYPED) {
    input(name).value = "";
    show(name);
  }
  brandShown();
}

export function focus() {
  (asked().map(input).find(({ value }) => value === "") ?? input("number")).focus();
}

/* Fits the form to the merchant's options: which fields are asked, and the country's own. */
export function arrange({ country, postalCode, chosen, locale }) {
  const select = input("country");
  const kept = select.value || chosen;
  const options = countries(locale).map(([code, name]) => new Option(name, code));
  select.replaceChildren(...options);
  select.value = kept;
  select.lang = localeOf(locale);
  select.closest(".field").hidden = !country;
  select.dataset.postalCode = String(postalCode);
  fitCountry();
}

/* Calls `changed` after each edit. */
export function listen(changed) {
  for (const name of TYPED) {
    let before = "";
    input(name).addEventListener("input", () => {
      rewrite(name, before);
      before = valueOf(name);
      calm(name);
      changed();
    });
    input(name).addEventListener("blur", () => {
      if (valueOf(name) && refused !== name) show(name, problemOf(name)?.message);
    });
  }
  input("country").addEventListener("change", () => {
    fitCountry();
    changed();
  });
}

function rewrite(name, before) {
  const node = input(name);
  const { value, selectionStart: caret } = node;
  const written = WRITE[name](value, before);
  if (name === "number") brandShown(written);
  if (written === value) return;
  node.value = written;
  const kept = value.slice(0, caret).replace(/[^A-Z0-9]/gi, "").length;
  const place = caret === value.length ? written.length : writing.caretAfter(written, kept);
  node.setSelectionRange(place, place);
}

/* A message goes as soon as it is answered; "invalid" comes as soon as it is certain. */
function calm(name) {
  if (refused) show(refused);
  refused = null;
  const problem = problemOf(name);
  show(name, problem?.code.startsWith("invalid") && name !== "postalCode" ? problem.message : "");
}

function show(name, message = "") {
  const node = errorOf(name);
  if (node.textContent !== message) node.textContent = message;
  input(name).setAttribute("aria-invalid", String(message !== ""));
}

function brandShown(number = valueOf("number")) {
  const { name, label, cvc } = brandOf(number.replace(/\D/g, ""));
  const badge = document.getElementById("brand");
  badge.dataset.brand = name;
  badge.textContent = label;
  input("cvc").placeholder = cvc === 4 ? "4 digits" : "CVC";
}

function fitCountry() {
  const { value, dataset } = input("country");
  const asksIt = dataset.postalCode === "true" && checks.asksPostalCode(value);
  const usa = value === "US";
  const code = input("postalCode");
  code.closest(".field").hidden = !asksIt;
  code.placeholder = { US: "12345", CA: "M5T 1T4", GB: "WS11 1DB" }[value] ?? "";
  code.inputMode = usa ? "numeric" : "text";
  code.labels[0].textContent = usa ? "ZIP code" : "Postal code";
  show("postalCode");
}
