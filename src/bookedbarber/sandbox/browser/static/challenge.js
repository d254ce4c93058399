/* The bank's page: in a dialog of the merchant's page, or on its own after a redirect. */

import { finishChallenge } from "./api.js";
import { framed, reportHeight, say, serve } from "./parent.js";

const intent = decodeURIComponent(window.location.pathname.split("/").at(-1));
const buttons = [...document.querySelectorAll("button")];
const status = document.getElementById("status");

const lock = (locked) => buttons.forEach((button) => button.setAttribute("aria-disabled", locked));

/* Only the web is somewhere to return to: no script, no data. */
const isWebAddress = (address) => /^https?:\/\//i.test(address ?? "");

async function finish(outcome) {
  if (buttons[0].getAttribute("aria-disabled") === "true") return;
  lock(true);
  status.textContent = "One moment…";
  try {
    const { return_url: returnUrl } = await finishChallenge(intent, outcome);
    if (framed) say("done");
    else if (isWebAddress(returnUrl)) window.location.replace(returnUrl);
    else status.textContent = "Done. You may close this page.";
  } catch {
    lock(false);
    status.textContent = "That did not reach the bank, or this authentication is already over.";
  }
}

for (const button of document.querySelectorAll("[data-outcome]")) {
  button.addEventListener("click", () => finish(button.dataset.outcome));
  button.disabled = false; // a press before this line would have been lost
}

if (framed) {
  const cancel = document.getElementById("cancel");
  cancel.hidden = false;
  cancel.addEventListener("click", () => say("cancel"));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && say("cancel"));
  reportHeight(document.getElementById("challenge"));
  serve({});
} else {
  document.body.classList.add("alone");
}
document.querySelector("h1").focus();

/* Who comes back by the browser's button sees how things stand now. */
window.addEventListener("pageshow", ({ persisted }) => persisted && window.location.reload());
