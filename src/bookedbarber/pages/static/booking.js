// @ts-check
// After the server answered, what it chose is what counts: a radio the client touched keeps its
// own mind when only its attribute changes, so it is told.
document.addEventListener("htmx:after:swap", () => {
  for (const radio of document.querySelectorAll("#booking input[type=radio]")) {
    if (radio instanceof HTMLInputElement) radio.checked = radio.hasAttribute("checked");
  }
});

// The bar with the total leaves once the summary itself is in sight.
const summary = document.getElementById("summary");
if (summary)
  new IntersectionObserver(([seen]) =>
    document.body.classList.toggle("met", seen.isIntersecting),
  ).observe(summary);
