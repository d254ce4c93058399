/* What every page of the desk understands: keys, dialogs, menus. Each works without it, too. */
"use strict";
(() => {
  const typing = (target) =>
    target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");
  let leader = 0;

  const goTo = (key) => {
    const room = document.querySelector(`.side [data-key="${CSS.escape(key)}"]`);
    if (room) room.click();
  };

  const open = (name) => {
    const dialog = document.getElementById(name);
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  };

  document.addEventListener("keydown", (pressed) => {
    const { key } = pressed;
    const search = document.getElementById("q");
    if ((pressed.ctrlKey || pressed.metaKey) && key === "k" && search) {
      pressed.preventDefault();
      search.focus();
    }
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || typing(pressed.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (key === "/" && search) {
      pressed.preventDefault();
      search.focus();
    } else if (key === "?") {
      open("shortcuts");
    } else if (key === "g") {
      leader = pressed.timeStamp;
    } else if (leader && pressed.timeStamp - leader < 1500) {
      leader = 0;
      goTo(key);
    }
  });

  document.addEventListener("click", (pressed) => {
    const opener = pressed.target instanceof Element && pressed.target.closest("[data-opens]");
    if (opener) open(opener.dataset.opens);
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(pressed.target)) menu.removeAttribute("open");
    }
  });

  /* What a definition covers can be seen without going away from it (WCAG 1.4.13). */
  for (const moved of ["pointerover", "focusin"]) {
    document.addEventListener(moved, () => {
      for (const hint of document.querySelectorAll(".hint[data-shut]:not(:hover, :focus-within)")) {
        delete hint.dataset.shut;
      }
    });
  }

  document.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Escape") return;
    for (const hint of document.querySelectorAll(".hint")) hint.dataset.shut = "";
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });
})();
