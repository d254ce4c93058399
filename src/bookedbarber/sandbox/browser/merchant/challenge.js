/* 3-D Secure inside the merchant's page: a modal dialog around the bank's (our) page.
   Resolves once the client completed, failed or cancelled it, in each case told to the bank. */

const CHALLENGE_OPENS_WITHIN = 20000; // milliseconds; a page that never opens counts as cancelled
const DIALOG_STYLE = {
  border: "0",
  borderRadius: "12px",
  boxShadow: "0 0 0 200vmax rgb(15 20 35 / 0.55)",
  boxSizing: "border-box",
  height: "420px",
  margin: "auto",
  maxHeight: "calc(100dvh - 24px)",
  maxWidth: "calc(100vw - 24px)",
  outline: "1px solid rgb(128 128 128 / 0.5)",
  overflow: "hidden",
  padding: "0",
  width: "480px",
};
const FILL = { border: "0", display: "block", height: "100%", width: "100%" };

function authenticate(intent, cancel) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    const path = `/browser/3ds/${encodeURIComponent(intent)}`;
    const frame = new SandboxFrame(path, "Authentication page of your bank", hear);
    const timer = setTimeout(cancelled, CHALLENGE_OPENS_WITHIN);
    let over = false;

    function hear(type, body) {
      if (type === "open") clearTimeout(timer);
      if (type === "height") dialog.style.height = `${Number(body.height)}px`;
      if (type === "done") close();
      if (type === "cancel") cancelled();
    }

    async function cancelled() {
      if (over) return;
      over = true;
      await cancel();
      close();
    }

    function close() {
      over = true;
      clearTimeout(timer);
      frame.remove();
      dialog.close(); // returns the focus to where it was
      dialog.remove();
      resolve();
    }

    dialog.setAttribute("aria-label", "Authentication with your bank");
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      cancelled();
    });
    dialog.addEventListener("close", cancelled); // a browser may close in spite of the line above
    Object.assign(dialog.style, DIALOG_STYLE);
    Object.assign(frame.node.style, FILL);
    dialog.append(frame.node);
    document.body.append(dialog);
    dialog.showModal();
    frame.node.focus();
  });
}
