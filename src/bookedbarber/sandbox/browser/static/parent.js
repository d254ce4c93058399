/* The frame's side of the conversation: it speaks to the page that holds it, and to that alone.

   The holder names its origin in the address; the browser then delivers our words to that origin
   only, and words from anywhere else are ignored. */

const PARENT = new URLSearchParams(window.location.hash.slice(1)).get("parent");

export const framed = window.parent !== window;

export function say(type, body = {}, call = undefined) {
  if (framed && PARENT) window.parent.postMessage({ type, call, ...body }, PARENT);
}

/* Answers the parent's requests: `verbs[type](body)`, whose result, if any, goes back. */
export function serve(verbs) {
  window.addEventListener("message", async (event) => {
    if (event.source !== window.parent || event.origin !== PARENT) return;
    const { type, call, ...body } = event.data ?? {};
    if (!Object.hasOwn(verbs, type)) return;
    const result = await verbs[type](body);
    if (call) say("answer", result, call);
  });
  say("open");
}

/* Keeps the holder told how tall `node` is. */
export function reportHeight(node) {
  const report = () => say("height", { height: Math.ceil(node.getBoundingClientRect().height) });
  new ResizeObserver(report).observe(node);
}
