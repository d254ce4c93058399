/* What is wrong with each field, in Stripe's codes and words; null when nothing is. */

import { brandOf, longest, passesLuhn } from "./brands.js";

const MESSAGES = {
  incomplete_number: "Your card number is incomplete.",
  invalid_number: "Your card number is invalid.",
  incomplete_expiry: "Your card’s expiration date is incomplete.",
  invalid_expiry_month: "Your card’s expiration date is invalid.",
  invalid_expiry_month_past: "Your card’s expiration date is in the past.",
  invalid_expiry_year_past: "Your card’s expiration year is in the past.",
  invalid_expiry_year: "Your card’s expiration year is invalid.",
  incomplete_cvc: "Your card’s security code is incomplete.",
  incomplete_zip: "Your postal code is incomplete.",
  invalid_zip: "Your ZIP is invalid.",
};
const POSTAL_CODES = {
  US: /^\d{5}$/,
  CA: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/,
};
const YEARS_AHEAD = 50;

export const asksPostalCode = (country) => Object.hasOwn(POSTAL_CODES, country);

const problem = (code) => ({ type: "validation_error", code, message: MESSAGES[code] });

export function checkNumber(text) {
  const digits = text.replace(/\D/g, "");
  const brand = brandOf(digits);
  if (!brand.lengths.includes(digits.length)) return problem("incomplete_number");
  if (passesLuhn(digits)) return null;
  // Of a brand with several lengths, a shorter number may only be unfinished.
  return problem(digits.length < longest(brand) ? "incomplete_number" : "invalid_number");
}

/* A card is good through the last day of its month. */
export function checkExpiry(text, today = new Date()) {
  const [, month, year] = /^(\d\d) \/ (\d\d)$/.exec(text) ?? [];
  if (!year) return problem("incomplete_expiry");
  if (month === "00") return problem("invalid_expiry_month");
  const ahead = 2000 + Number(year) - today.getFullYear();
  if (ahead < 0) return problem("invalid_expiry_year_past");
  if (ahead > YEARS_AHEAD) return problem("invalid_expiry_year");
  if (ahead === 0 && Number(month) <= today.getMonth()) return problem("invalid_expiry_month_past");
  return null;
}

export function checkCvc(text, brand) {
  return text.length === brand.cvc ? null : problem("incomplete_cvc");
}

export function checkPostalCode(text, country) {
  if (!asksPostalCode(country) || POSTAL_CODES[country].test(text.trim())) return null;
  return problem(country === "US" ? "invalid_zip" : "incomplete_zip");
}
