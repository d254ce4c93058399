/* What any merchant writes around the Payment Element, and a record of all that this code sees. */
const setup = JSON.parse(document.getElementById("setup").textContent);
const EVENTS = ["loaderror", "ready", "change", "focus", "blur", "escape"];

window.happened = [];
window.results = [];
window.stripe = Stripe(setup.key, setup.stripe);

function show(result) {
  window.results.push(result);
  document.getElementById("message").textContent = result.error?.message ?? "";
  document.body.dataset.results = window.results.length;
}

if (setup.elements) {
  window.elements = window.stripe.elements(setup.elements);
  window.element = window.elements.create("payment", setup.element ?? {});
  for (const name of EVENTS) {
    window.element.on(name, (event) => {
      window.happened.push({ name, event });
      document.body.dataset[name] = window.happened.filter((each) => each.name === name).length;
    });
  }
  window.element.mount("#payment");
}

document.getElementById("till").addEventListener("submit", async (event) => {
  event.preventDefault();
  const confirm = setup.verb ?? "confirmPayment";
  try {
    if (setup.elements.mode) {
      const { error } = await window.elements.submit();
      if (error) return show({ error });
    }
    const options = { elements: window.elements, redirect: "if_required", ...setup.confirm };
    return show(await window.stripe[confirm](options));
  } catch (error) {
    return show({ error: { thrown: error.name, message: error.message } });
  }
});
