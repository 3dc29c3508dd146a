// The editor of a bot: what its buttons do is drawn by the server; here without leaving the place, and with the preview
// following what is typed. Without scripts the buttons load the page anew.
const editor = document.querySelector("#bot-editor");
let typed;

const form = () => editor.querySelector("form");
editor.classList.add("is-live");

async function ask(address, press) {
  const body = new FormData(form());
  if (press) body.append("press", press);
  const answer = await fetch(address, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

async function press(value) {
  let html;
  try {
    html = await ask(location.href, value);
  } catch {
    const button = Object.assign(document.createElement("button"), { name: "press", value, hidden: true });
    form().append(button);
    form().requestSubmit(button); // the browser says what is wrong
    return;
  }
  const drawn = new DOMParser().parseFromString(html, "text/html").querySelector("#bot-editor");
  editor.replaceChildren(...drawn.childNodes);
  const again = value.startsWith("add") ? form().querySelector(".bot-question:last-child textarea:not([hidden])") : null;
  const same = form().querySelector(`[name="press"][value="${CSS.escape(value)}"]:not(:disabled)`);
  (value === "add question" ? again : (same ?? form().querySelector("[value='add question']")))?.focus();
}

editor.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=press]");
  if (!button || button.value === "save") return;
  event.preventDefault();
  press(button.value);
});

editor.addEventListener("change", (event) => event.target.matches("[data-redraw]") && press("redraw"));

editor.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(async () => {
    const html = await ask(form().dataset.preview).catch(() => "");
    if (html) editor.querySelector("#bot-preview").innerHTML = html; // from our server, escaped there
  }, 400);
});
