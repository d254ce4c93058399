/* The hosted checkout page: shows a session, takes a card, and sends the client on. */

const NOTICES = {
  complete: ["You’re all done here", "This payment has been completed."],
  expired: ["This page has expired", "Nothing was charged. Go back to start again."],
  missing: ["Something went wrong", "There is no such payment page. Please check the address."],
};
const VERBS = { book: "Book for", donate: "Donate" };

const part = (id) => document.getElementById(id);
const isWebAddress = (address) => /^https?:\/\//i.test(address ?? "");

/* Exact at any size: the digits are moved by text, never through a fraction. */
function money(minor, { currency, decimals }) {
  const digits = String(minor).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const written = decimals ? `${whole}.${digits.slice(-decimals)}` : whole;
  const style = { style: "currency", currency, minimumFractionDigits: decimals };
  return new Intl.NumberFormat(navigator.language, style).format(written);
}

function link(node, address, text) {
  node.hidden = !isWebAddress(address);
  if (node.hidden) return;
  node.href = address;
  node.textContent = text;
}

function showNotice(kind, address) {
  const [heading, text] = NOTICES[kind];
  part("notice").hidden = false;
  part("notice-heading").textContent = heading;
  part("notice-text").textContent = text;
  link(part("onward"), address, kind === "complete" ? "Continue" : "Go back");
  document.title = heading;
  part("notice-heading").focus();
}

function showOrder(state) {
  const total = money(state.amount_total, state);
  part("order").hidden = false;
  part("total").textContent = total;
  part("items").replaceChildren(
    ...state.line_items.map(({ description, quantity, amount_total: amount }) => {
      const row = document.createElement("li");
      const name = document.createElement("span");
      const price = document.createElement("span");
      name.textContent = quantity > 1 ? `${description} × ${quantity}` : description;
      price.textContent = money(amount, state);
      price.className = "money";
      row.append(name, price);
      return row;
    }),
  );
  if (isWebAddress(state.cancel_url)) {
    link(part("back"), state.cancel_url, `Back to ${new URL(state.cancel_url).host}`);
  }
  part("submit").textContent = `${VERBS[state.submit_type] ?? "Pay"} ${total}`;
  document.title = `Pay ${total}`;
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function appearance() {
  const styles = window.getComputedStyle(document.documentElement);
  const token = (name) => styles.getPropertyValue(name).trim();
  return {
    theme: dark.matches ? "night" : "stripe",
    variables: {
      colorPrimary: token("--brand"),
      colorBackground: token("--surface"),
      colorText: token("--text"),
      colorDanger: token("--bad"),
      borderRadius: "8px",
    },
  };
}

function checkEmail() {
  const field = part("email");
  const complaint = !field.value
    ? "Your email is incomplete."
    : field.checkValidity()
      ? ""
      : "Your email is invalid.";
  part("email-error").textContent = complaint;
  field.setAttribute("aria-invalid", String(complaint !== ""));
  if (complaint) field.focus();
  return complaint === "";
}

async function pay(stripe, elements) {
  const { error: incomplete } = await elements.submit();
  if (incomplete) return "";
  if (!checkEmail()) return "";
  const params = { billing_details: { email: part("email").value } };
  const { error, paymentMethod } = await stripe.createPaymentMethod({ elements, params });
  if (error) return error.message;
  const answer = await fetch(window.location.pathname, {
    method: "POST",
    body: new URLSearchParams({ payment_method: paymentMethod.id }),
  });
  const done = await answer.json();
  if (done.error) return done.error.message;
  window.location.assign(done.next);
  return new Promise(() => {}); // the page is left
}

function takeCard(state) {
  const stripe = window.Stripe(state.publishable_key);
  const elements = stripe.elements({
    mode: "payment",
    amount: state.amount_total,
    currency: state.currency,
    appearance: appearance(),
  });
  elements.create("payment").mount("#payment");
  dark.addEventListener("change", () => elements.update({ appearance: appearance() }));
  if (state.customer_email) {
    part("email").value = state.customer_email;
    part("email").readOnly = true;
  }
  part("pay").hidden = false;
  part("message").textContent = state.message ?? "";
  part("pay").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = part("submit");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    part("message").textContent = "";
    try {
      part("message").textContent = await pay(stripe, elements);
    } catch {
      part("message").textContent = "We could not reach the payment page. Please try again.";
    }
    button.removeAttribute("aria-disabled");
  });
}

async function open() {
  const answer = await fetch(`${window.location.pathname}/state`);
  if (!answer.ok) return showNotice("missing");
  const state = await answer.json();
  const returned = new URLSearchParams(window.location.search).has("redirect_status");
  if (state.status === "complete" && returned && isWebAddress(state.success_url)) {
    return window.location.replace(state.success_url);
  }
  if (state.status === "complete") return showNotice("complete", state.success_url);
  if (state.status === "expired") return showNotice("expired", state.cancel_url);
  showOrder(state);
  return takeCard(state);
}

open();

/* Who comes back by the browser's button sees how things stand now. */
window.addEventListener("pageshow", ({ persisted }) => persisted && window.location.reload());
