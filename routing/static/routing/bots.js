// The editor of a bot: what its buttons do is drawn by the server; here without leaving the place, and with the preview
// following what is typed. Without scripts the buttons load the page anew.
import "./drag-list.js";

const editor = document.querySelector("#bot-editor");
let typed;
let edits = 0; // what was typed before an answer came is asked about once more, or the preview would be older than the form
let isPressing = false;

const form = () => editor.querySelector("form");
const button = (value) => form().querySelector(`[name="press"][value="${CSS.escape(value)}"]:not(:disabled)`);
editor.classList.add("is-live");

async function ask(address, press) {
  const body = new FormData(form());
  if (press) body.append("press", press);
  const answer = await fetch(address, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

async function askAsItStands(address, press) {
  const before = edits;
  const html = await ask(address, press);
  return edits === before ? html : askAsItStands(address, press);
}

async function press(value) {
  if (isPressing) return; // its numbers are those of a drawing that is about to go
  isPressing = true;
  clearTimeout(typed);
  try {
    draw(await askAsItStands(location.href, value), value);
  } catch {
    const unseen = Object.assign(document.createElement("button"), { name: "press", value, hidden: true });
    form().append(unseen);
    form().requestSubmit(unseen); // the browser says what is wrong
  } finally {
    isPressing = false;
  }
}

function draw(html, value) {
  const held = document.activeElement.id;
  const drawn = new DOMParser().parseFromString(html, "text/html").querySelector("#bot-editor");
  editor.replaceChildren(...drawn.childNodes);
  const goesOn = placeAfter(value) ?? (held && document.getElementById(held)) ?? button(value);
  (goesOn || button("add question"))?.focus();
}

// Where the keyboard goes on: in what was added, and with the question that was moved.
function placeAfter(value) {
  const [verb, number, of] = value.split(" ");
  const questions = [...form().querySelectorAll(".bot-question")];
  if (value === "add question") return questions.at(-1).querySelector("textarea:not([hidden])");
  if (verb === "add") return [...questions[of].querySelectorAll(".bot-option")].at(-1).querySelector(".input:not([hidden])");
  const at = { up: Number(number) - 1, down: Number(number) + 1 }[verb];
  return at === undefined ? null : (button(`${verb} ${at}`) ?? button(`up ${at}`) ?? button(`down ${at}`));
}

editor.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[name=press]");
  if (!pressed || pressed.value === "save") return;
  event.preventDefault();
  press(pressed.value);
});

editor.addEventListener("change", (event) => event.target.matches("[data-redraw]") && press("redraw"));
editor.addEventListener("drag-list:moved", () => press("redraw"));

editor.addEventListener("input", () => {
  edits += 1;
  clearTimeout(typed);
  if (!isPressing) typed = setTimeout(drawPreview, 400);
});

async function drawPreview() {
  const before = edits;
  const html = await ask(form().dataset.preview).catch(() => "");
  if (html && edits === before && !isPressing) editor.querySelector("#bot-preview").innerHTML = html; // from our server, escaped there
}
