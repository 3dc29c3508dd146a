// The Share link of the funnel page: htmx fetches the inside of the dialog, and it opens once that is there. Without
// scripts the link is a page of its own.
import "../settings/copy-text.js";

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.target.id === "share-body" && event.target.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
});
