// What is known of the customer, changed in its place: Enter keeps it, also of a list; Escape leaves it as it was.
// What is drawn anew around it leaves it alone, and what was unfolded stays so.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest(".fact-form");
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && event.target.matches("select")) form.requestSubmit();
  else if (event.key === "Escape") form.querySelector("[data-leave]").click();
  else return;
  event.preventDefault();
}, true);

document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id !== "about") return;
  if (document.querySelector(".fact-form:not(.htmx-request, :has(.htmx-request))")) detail.shouldSwap = false;
  for (const { id } of document.querySelectorAll(".facts-more[open]")) detail.fragment.querySelector(`#${id}`)?.setAttribute("open", "");
});

// Where the customer is on the site is asked again while somebody looks, and the line is there.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "fact-here" && (document.hidden || document.documentElement.dataset.live !== "live")) event.preventDefault();
});
