// <dialog is filled by htmx from the Share link>: it opens once its inside is there. Without scripts the link is a page.
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.target.id === "share-body" && event.target.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
});
