/* The day: arrows go from visit to visit, and a visit opens beside the day. Without this each visit
   is a link to its own page. */
"use strict";
(() => {
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const visits = (within) => [...within.querySelectorAll("[data-visit], .gap[href]")];
  const columns = () => [...document.querySelectorAll(".board-column")];

  // Up and down within a barber's day; left and right to the nearest time of another's.
  const beside = (from, step) => {
    const all = columns();
    const at = all.findIndex((column) => column.contains(from));
    for (let next = at + step; next >= 0 && next < all.length; next += step) {
      const there = visits(all[next]);
      const { top } = from.getBoundingClientRect();
      const far = (one) => Math.abs(one.getBoundingClientRect().top - top);
      if (there.length) return there.sort((one, other) => far(one) - far(other))[0];
    }
    return null;
  };

  const along = (from, step) => {
    const column = from.closest(".board-column");
    if (!column) return null;
    const all = visits(column);
    return all[all.indexOf(from) + step] ?? null;
  };

  const MOVES = {
    ArrowUp: (from) => along(from, -1),
    ArrowDown: (from) => along(from, 1),
    ArrowLeft: (from) => beside(from, -1),
    ArrowRight: (from) => beside(from, 1),
  };

  document.addEventListener("keydown", (pressed) => {
    const from = pressed.target instanceof Element && pressed.target.closest("[data-visit], .gap");
    const move = MOVES[pressed.key];
    if (!from || !move || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    const to = move(from);
    if (!to) return;
    pressed.preventDefault();
    to.focus();
  });

  const show = (page, href) => {
    const article = page && page.getElementById("visit");
    if (!article) {
      location.assign(href); // signed out, or gone: the page itself says which
      return;
    }
    body.replaceChildren(document.adoptNode(article));
    panel.showModal();
  };

  const open = (href) => {
    const request = new XMLHttpRequest(); // it parses a page without running anything of it
    request.open("GET", `${href}?back=day`); // its acts lead back to the day
    request.responseType = "document";
    request.addEventListener("load", () => show(request.status === 200 && request.response, href));
    request.addEventListener("error", () => location.assign(href));
    request.send();
  };

  document.addEventListener("click", (pressed) => {
    const link = pressed.target instanceof Element && pressed.target.closest("[data-visit]");
    if (!link || pressed.ctrlKey || pressed.metaKey || pressed.shiftKey || pressed.button) return;
    pressed.preventDefault();
    open(link.href);
  });

  panel.addEventListener("click", (pressed) => {
    if (pressed.target === panel) panel.close();
  });

  // The line of now goes on by itself.
  const since = Date.now();
  setInterval(() => {
    const minutes = Math.floor((Date.now() - since) / 60000);
    for (const line of document.querySelectorAll(".board-now")) {
      line.style.setProperty("--gone", String(minutes));
    }
  }, 20000);
})();
