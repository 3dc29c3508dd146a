// Ctrl or Cmd and K, or the button in the rail: the palette of every signed-in screen. It is fetched when it is wanted
// first; the desk has its dialog in the page, with what can be done there.

const dialog = () => document.getElementById("palette");

/** Where it is in the page it is open at once: what is typed while its script comes is typed there. */
async function open() {
  show();
  const { palette, script } = document.querySelector("[data-palette]").dataset;
  const [answer] = await Promise.all([dialog() ?? fetch(palette), import(script)]);
  if (!dialog() && answer.ok && !answer.redirected) {
    document.body.insertAdjacentHTML("beforeend", await answer.text());
    show();
  }
  dialog()?.querySelector("command-palette").begin();
}

function show() {
  if (!dialog() || dialog().open) return;
  dialog().showModal();
  dialog().querySelector("input").value = "";
}

document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  open();
});

document.addEventListener("click", ({ target }) => target.closest("[data-palette]") && open());
