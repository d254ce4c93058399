// @ts-check
/**
 * The one script of the payment page. It collects the card through Stripe's field, follows the
 * payment by asking our server, and decides nothing: what the server says is the state. A reload,
 * a closed tab or the back button therefore lose nothing. While Stripe or the bank has the client's
 * attention it stays where it is, whatever the server says; afterwards it follows.
 *
 * @typedef {"ready" | "action" | "processing" | "checking" | "paid" | "expired" | "lost" | "cancelled" | "unavailable"} State
 * @typedef {{state: State, decline: string, hold_seconds: number}} Status
 * @typedef {{type?: string, code?: string, decline_code?: string,
 *            payment_intent?: {status: string}}} Failure
 * @typedef {{error?: Failure}} Outcome
 * @typedef {{on: (event: string, then: () => void) => void, mount: (where: string) => void}} Field
 * @typedef {{create: (kind: "payment") => Field, update: (options: object) => void}} Elements
 * @typedef {{elements: (options: object) => Elements,
 *            confirmPayment: (options: object) => Promise<Outcome>,
 *            handleNextAction: (options: object) => Promise<Outcome>}} Stripe
 * @typedef {{publishableKey: string, clientSecret: string, statusUrl: string, returnUrl: string,
 *            receiptUrl: string, appearance: {light: object, dark: object}, locale: string,
 *            reasons: Record<string, string>, otherReason: string, soon: string}} Data
 */
(() => {
  /** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
  const part = (id, kind) => {
    const found = document.getElementById(id);
    if (found instanceof kind) return found;
    throw new Error(`The page lacks #${id}.`);
  };
  const root = part("pay", HTMLElement);
  const submit = part("submit", HTMLButtonElement);
  const action = part("action", HTMLButtonElement);
  const decline = part("decline", HTMLElement);
  /** @type {Data} */
  const data = JSON.parse(part("data", HTMLElement).textContent ?? "");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  /** @type {Stripe | undefined} */ let stripe;
  /** @type {Elements | undefined} */ let elements;
  /** Between the press of a button and Stripe's answer: a form, or the bank's window. */
  let attempting = false;
  /** When the poll began, and whether Stripe has told this page that it succeeded. */
  let waiting = { since: 0, told: false, timer: 0 };
  const isWaiting = () => ["processing", "checking"].includes(root.dataset.state ?? "");
  /** The server looks, then shows; this page does not come back. */
  const leave = () => location.replace(data.returnUrl);

  // --- what is shown -------------------------------------------------------------------------

  /** @param {"ready" | "action" | "processing" | "checking"} state */
  const show = (state) => {
    root.dataset.state = state;
    // Waiting only: the server knows how the payment can be tried again.
    if (!isWaiting() && !data.clientSecret) return leave();
    for (const view of root.querySelectorAll("[data-view]"))
      view.toggleAttribute("hidden", view.getAttribute("data-view") !== state);
    part("hold", HTMLElement).hidden = isWaiting();
    if (state === "ready") mount();
    return undefined;
  };

  /** @param {string} code */
  const refuse = (code) => {
    part("reason", HTMLElement).textContent = data.reasons[code] ?? data.otherReason;
    decline.hidden = false;
    show("ready");
    decline.focus();
  };

  // --- the hold: the server's seconds, counted on a clock nobody can set -----------------------

  const clock = part("clock", HTMLElement);
  const bar = root.querySelector("progress");
  let ends = 0;

  /** @param {number} seconds */
  const hold = (seconds) => {
    ends = performance.now() + seconds * 1000;
  };
  const tick = () => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (bar) bar.value = left;
    part("hold", HTMLElement).classList.toggle("soon", left <= 60);
    const warning = part("warning", HTMLElement);
    if (left <= 60 && !warning.textContent) warning.textContent = data.soon;
    // At zero the server is asked, and asked again: only it knows whether a payment made it.
    if (left === 0 && !isWaiting()) ask();
  };

  // --- following the payment -----------------------------------------------------------------

  /** @param {Status} status */
  const follow = (status) => {
    hold(status.hold_seconds);
    const { state } = status;
    if (attempting) return undefined;
    if (state === "paid") return location.replace(data.receiptUrl);
    // Stripe's word to this page can be ahead of its word to the server, for a short while.
    const ahead = waiting.told && performance.now() - waiting.since < 20_000;
    if (state === "expired" && ahead) return undefined;
    if (state === "expired" || state === "lost" || state === "cancelled") return leave();
    // The server could not ask Stripe: no reason to take the form away while the time is held.
    if (state === "checking" && !isWaiting() && status.hold_seconds === 0)
      return wait("checking", false);
    if (!isWaiting() || ahead) return undefined;
    if (state === "processing" || state === "checking" || state === "unavailable") return undefined;
    stopWaiting();
    if (status.decline) return refuse(status.decline);
    return show(state);
  };

  let asking = false;
  const ask = async () => {
    if (asking || attempting) return;
    asking = true;
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(data.statusUrl, { cache: "no-store", signal });
      if (answer.ok) follow(await answer.json());
    } catch {
      // Offline for a moment; the next question finds out.
    } finally {
      asking = false;
    }
  };

  const stopWaiting = () => {
    clearTimeout(waiting.timer);
    waiting = { since: 0, told: false, timer: 0 };
  };

  /** @param {"processing" | "checking"} how @param {boolean} told */
  const wait = (how, told) => {
    stopWaiting();
    const here = { since: performance.now(), told, timer: 0 };
    waiting = here;
    show(how);
    const next = async () => {
      await ask();
      if (waiting !== here) return;
      const age = performance.now() - here.since;
      here.timer = setTimeout(next, age < 60_000 ? 1500 : 5000);
    };
    next();
  };

  // --- Stripe ----------------------------------------------------------------------------------

  /** @returns {Stripe | undefined} */
  const connect = () => {
    const start = /** @type {{Stripe?: (key: string, options: object) => Stripe}} */ (window).Stripe;
    stripe ??= start?.(data.publishableKey, { locale: data.locale });
    if (!stripe) part("blocked", HTMLElement).hidden = false;
    return stripe;
  };

  const appearance = () => data.appearance[dark.matches ? "dark" : "light"];

  const mount = () => {
    if (elements) return;
    elements = connect()?.elements({ clientSecret: data.clientSecret, appearance: appearance() });
    if (!elements) return;
    const element = part("element", HTMLElement);
    const field = elements.create("payment");
    field.on("ready", () => {
      element.removeAttribute("aria-busy");
      submit.disabled = false;
    });
    field.on("loaderror", () => {
      part("blocked", HTMLElement).hidden = false;
    });
    element.replaceChildren();
    field.mount("#element");
  };

  /** @param {Outcome} outcome */
  const settle = ({ error }) => {
    if (!error) return wait("processing", true);
    if (error.type === "validation_error") return undefined; // shown by the field itself
    const status = error.payment_intent?.status ?? "";
    if (["succeeded", "processing", "requires_capture"].includes(status))
      return wait("processing", true);
    // Not a refusal: nobody knows whether the money moved, so the server finds out.
    if (error.type === "api_connection_error" || error.type === "api_error")
      return wait("checking", false);
    refuse(error.decline_code ?? error.code ?? "");
    return ask(); // the hold may have ended meanwhile
  };

  /**
   * @param {HTMLButtonElement} button
   * @param {(stripe: Stripe) => Promise<Outcome>} step
   */
  const attempt = async (button, step) => {
    const connected = connect();
    if (!connected || button.disabled) return;
    decline.hidden = true;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    attempting = true;
    /** @type {Outcome} */ let outcome = { error: { type: "api_error" } };
    try {
      outcome = await step(connected);
    } catch {
      // Stripe's script broke off, and nobody knows where.
    }
    attempting = false;
    button.disabled = false;
    button.removeAttribute("aria-busy");
    settle(outcome);
  };

  part("card", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(submit, (connected) =>
      connected.confirmPayment({
        elements,
        confirmParams: { return_url: new URL(data.returnUrl, location.href).href },
        redirect: "if_required",
      }),
    );
  });
  action.addEventListener("click", () => {
    attempt(action, (connected) => connected.handleNextAction({ clientSecret: data.clientSecret }));
  });
  dark.addEventListener("change", () => elements?.update({ appearance: appearance() }));

  // --- coming back: another tab, the back button, a phone woken up ------------------------------

  addEventListener("pageshow", (event) => event.persisted && ask());
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  setInterval(() => document.hidden || ask(), 30_000);

  hold(Number(part("hold", HTMLElement).dataset.seconds));
  tick();
  setInterval(tick, 1000);
  if (root.dataset.state === "processing") wait("processing", false);
  else if (root.dataset.state === "checking") wait("checking", false);
  else if (root.dataset.state === "ready") mount();
  else connect();
})();
