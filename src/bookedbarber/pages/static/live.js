/* Keeps a page of the desk up to date: on word from the server, and each minute by itself, every
   element with an id and `data-live` is fetched again (from the address it names, else this page's;
   the answer is a page that has it, or what it holds) and changed in place, so that focus, open
   menus and dialogs stay. Without this script a page is as new as its last load. What comes back is
   parsed as a document: no script in it runs. */
"use strict";
(() => {
  const box = document.querySelector("[data-live-stream]");
  if (!box) return;
  const word = box.querySelector("[data-live-word]");
  const button = box.querySelector("[data-live-pause]");
  const MINUTE = 60_000;
  const AGAIN = 5_000;
  let source = null;
  let paused = sessionStorage.getItem("live-paused") === "yes";
  let over = false;
  let busy = false;
  let missed = false;

  const show = (state) => {
    if (box.dataset.state === state) return;
    box.dataset.state = state;
    word.textContent = word.dataset[state];
  };

  /* --- changing what is there into what should be there ------------------------------------- */

  const alike = (old, fresh) =>
    old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName &&
    (old.id ?? "") === (fresh.id ?? "");

  const dress = (old, fresh) => {
    // What somebody opened or shut stays so.
    const kept = old.nodeName === "DETAILS" || old.nodeName === "DIALOG" ? ["open"] : ["data-shut"];
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
    }
    for (const { name, value } of [...fresh.attributes]) {
      if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  const become = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      old.nodeValue = fresh.nodeValue;
      return;
    }
    dress(old, fresh);
    if (!old.hasAttribute("data-keep")) fill(old, fresh);
  };

  const fill = (old, fresh) => {
    const wanted = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
    for (const child of [...old.children]) {
      if (child.id && !wanted.has(child.id)) child.remove();
    }
    let here = old.firstChild;
    for (const next of [...fresh.childNodes]) {
      if (here && alike(here, next)) {
        become(here, next);
        here = here.nextSibling;
      } else {
        old.insertBefore(document.importNode(next, true), here);
      }
    }
    while (here) {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    }
  };

  /* --- looking again -------------------------------------------------------------------------- */

  const fetched = (address) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("GET", address);
      request.responseType = "document";
      request.setRequestHeader("X-Live", "yes");
      request.timeout = 15_000;
      request.onload = () => (request.status === 200 ? resolve(request.response) : reject(request));
      request.onerror = request.ontimeout = () => reject(request);
      request.send();
    });

  const places = () => {
    const found = new Map();
    for (const place of document.querySelectorAll("[data-live][id]")) {
      const address = place.dataset.live || location.href;
      found.set(address, [...(found.get(address) ?? []), place]);
    }
    return found;
  };

  const look = async () => {
    if (paused || over) return;
    if (busy) {
      missed = true;
      return;
    }
    busy = true;
    try {
      for (const [address, old] of places()) {
        const answer = await fetched(address);
        if (paused) break;
        for (const place of old) {
          const fresh = answer.getElementById(place.id);
          if (fresh) become(place, fresh);
          else if (old.length === 1) fill(place, answer.body); // the answer is what it holds
        }
      }
      document.dispatchEvent(new Event("live:fresh"));
    } catch (refused) {
      if (refused instanceof Error) throw refused;
      if (refused.status === 401 || refused.status === 403) end();
    } finally {
      busy = false;
      if (missed) {
        missed = false;
        setTimeout(look, 0);
      }
    }
  };

  /* --- the stream ----------------------------------------------------------------------------- */

  const end = () => {
    over = true;
    leave();
    show("over");
    if (button) button.hidden = true;
  };

  const leave = () => {
    if (source) source.close();
    source = null;
  };

  const listen = () => {
    if (source || paused || over || document.hidden) return;
    show("lost");
    source = new EventSource(box.dataset.liveStream);
    source.addEventListener("open", () => show("on"));
    source.addEventListener("changed", look);
    source.addEventListener("over", end);
    source.addEventListener("error", () => {
      if (paused || over) return;
      show("lost");
      if (source && source.readyState === EventSource.CLOSED) {
        leave();
        setTimeout(listen, AGAIN);
        look();
      }
    });
  };

  const pause = (wanted) => {
    paused = wanted;
    sessionStorage.setItem("live-paused", paused ? "yes" : "no");
    if (button) {
      button.querySelector("[data-live-verb]").textContent =
        button.dataset[paused ? "resume" : "pause"];
    }
    if (paused) {
      leave();
      show("paused");
    } else {
      listen();
    }
  };

  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => pause(!paused));
  }
  document.addEventListener("keydown", (pressed) => {
    const { target, key } = pressed;
    if (key !== "p" || pressed.ctrlKey || pressed.metaKey || pressed.altKey || over) return;
    if (target instanceof Element && target.matches("input, textarea, select")) return;
    if (!document.querySelector("dialog[open]")) pause(!paused);
  });
  /* A hidden page gives its connection up: a browser has six for all pages of a site. */
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (shown) => shown.persisted && listen());
  setInterval(() => document.hidden || look(), MINUTE);
  pause(paused);
})();
