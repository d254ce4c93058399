/* How each field is written as the client types: pure functions from text to text. */

import { brandOf, longest } from "./brands.js";

const digitsOf = (text) => text.replace(/\D/g, "");

export function cardNumber(text) {
  const digits = digitsOf(text);
  const brand = brandOf(digits);
  const kept = digits.slice(0, longest(brand));
  // A diners card of 16 digits is written in fours, one of 14 as 4-6-4.
  const groups = brand.name === "diners" && kept.length > 14 ? [4, 4, 4, 4] : brand.groups;
  const parts = [];
  let from = 0;
  for (const size of groups) {
    if (from < kept.length) parts.push(kept.slice(from, from + size));
    from += size;
  }
  return parts.join(" ");
}

/* "MM / YY", from "4", "1230", "12/30", "12/2030" or "2030-12". */
export function expiry(text, before = "") {
  const iso = /^\s*20(\d\d)-(\d\d)\s*$/.exec(text);
  const long = /^\s*(\d{1,2})\s*[/-]\s*20(\d\d)\s*$/.exec(text);
  if (iso) return expiry(`${iso[2]}${iso[1]}`);
  if (long) return expiry(`${long[1].padStart(2, "0")}${long[2]}`);
  let digits = digitsOf(text);
  const slashed = /^\s*\d\s*\//.test(text);
  if (/^[2-9]/.test(digits) || slashed) digits = `0${digits}`;
  if (/^1[3-9]/.test(digits)) digits = `0${digits}`;
  digits = digits.slice(0, 4);
  if (digits.length < 2) return digits;
  const deleting = before.startsWith(text) && before !== text;
  if (digits.length === 2 && deleting) return before.endsWith(" / ") ? digits.slice(0, 1) : digits;
  return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
}

export const cvc = (text, brand) => digitsOf(text).slice(0, brand.cvc);

export function postalCode(text, country) {
  if (country === "US") return digitsOf(text).slice(0, 5);
  const letters = text.toUpperCase().replace(/[^A-Z0-9 ]/g, "");
  return letters.replace(/\s+/g, " ").trimStart().slice(0, 8);
}

/* Where the caret goes after rewriting: behind as many kept characters as it stood behind. */
export function caretAfter(rewritten, keptBefore) {
  let seen = 0;
  for (let place = 0; place < rewritten.length; place += 1) {
    if (seen === keptBefore) return place;
    if (/[A-Z0-9]/i.test(rewritten[place])) seen += 1;
  }
  return rewritten.length;
}
