// @ts-check
/** Stripe's names with an inert frame, to look at the payment page without a processor. */
(() => {
  const origin = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).origin;
  const field = () => {
    /** @type {Record<string, () => void>} */ const heard = {};
    return {
      on: (/** @type {string} */ event, /** @type {() => void} */ then) => (heard[event] = then),
      mount: (/** @type {string} */ where) => {
        const frame = document.createElement("iframe");
        frame.title = "Card details";
        frame.src = `${origin}/frame`;
        frame.width = "100%";
        frame.height = "214";
        frame.addEventListener("load", () => heard.ready?.());
        document.querySelector(where)?.append(frame);
      },
    };
  };
  const never = () => new Promise(() => {});
  Object.assign(window, {
    Stripe: () => ({
      elements: () => ({ create: field, update: () => {} }),
      confirmPayment: never,
      handleNextAction: never,
    }),
  });
})();
