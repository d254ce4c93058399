/* One frame of the sandbox inside the merchant's page: tells it things, asks it things,
   and hears nobody else. Card digits stay on the other side; see static/parent.js. */

/* An error of the merchant's own code, thrown as Stripe.js throws it. */
class IntegrationError extends Error {
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

class SandboxFrame {
  #asked = new Map();
  #calls = 0;
  #waiting = [];
  #open = false;
  #hear;

  /* `hear(type, body)` is called for what the frame says unasked; "open" comes first. */
  constructor(path, title, hear) {
    this.#hear = hear;
    this.node = document.createElement("iframe");
    this.node.src = `${SANDBOX}${path}#${new URLSearchParams({ parent: window.location.origin })}`;
    this.node.title = title;
    window.addEventListener("message", this.#receive);
  }

  tell(type, body = {}) {
    const message = { type, ...body };
    if (this.#open) this.node.contentWindow.postMessage(message, SANDBOX);
    else this.#waiting.push(message);
  }

  /* Resolves with the frame's answer; a frame that is taken off the page answers `gone`. */
  ask(type, body = {}) {
    this.#calls += 1;
    const call = this.#calls;
    return new Promise((resolve) => {
      this.#asked.set(call, resolve);
      this.tell(type, { ...body, call });
    });
  }

  remove() {
    window.removeEventListener("message", this.#receive);
    this.node.remove();
    this.#open = false;
    for (const resolve of this.#asked.values()) resolve({ gone: true });
    this.#asked.clear();
  }

  #receive = (event) => {
    if (event.origin !== SANDBOX || event.source !== this.node.contentWindow) return;
    const { type, call, ...body } = event.data;
    if (type === "open") this.#start();
    if (type === "answer") this.#answer(call, body);
    else this.#hear(type, body);
  };

  #start() {
    this.#open = true;
    for (const message of this.#waiting.splice(0)) {
      this.node.contentWindow.postMessage(message, SANDBOX);
    }
  }

  #answer(call, body) {
    this.#asked.get(call)?.(body);
    this.#asked.delete(call);
  }
}
