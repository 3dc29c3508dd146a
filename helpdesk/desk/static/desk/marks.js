// The marks of the composer: bold, slanted, code, a link, a list, a quote, around what is chosen; and how it will look.

const AROUND = { bold: "**", italic: "*", code: "`" };
const BEFORE = { list: "- ", quote: "> " };
const KEYS = { KeyB: "bold", KeyI: "italic", KeyK: "link" };

/** With Ctrl or Cmd. A link needs words: without any, K is the palette's as everywhere. */
export function markOf(event, text) {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return undefined;
  const mark = KEYS[event.code];
  return mark === "link" && text.selectionStart === text.selectionEnd ? undefined : mark;
}

export function setMark(text, mark) {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const chosen = value.slice(from, to);
  if (mark in AROUND) replace(text, from, to, around(chosen, AROUND[mark]), AROUND[mark].length);
  else if (mark === "link") replace(text, from, to, `[${chosen}](https://)`, 1);
  else lines(text, BEFORE[mark]);
}

function around(chosen, sign) {
  const isMarked = chosen.length > 2 * sign.length && chosen.startsWith(sign) && chosen.endsWith(sign);
  return isMarked ? chosen.slice(sign.length, -sign.length) : sign + chosen + sign;
}

function lines(text, sign) {
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const marked = text.value.slice(from, text.selectionEnd).split("\n").map((line) => sign + line).join("\n");
  // A list begins on a line of its own where text stands before it.
  replace(text, from, text.selectionEnd, marked, marked.length);
}

/** As if typed, so that the browser's own undo takes it back. */
function replace(text, from, to, words, caret) {
  text.focus();
  text.setSelectionRange(from, to);
  const chosen = to - from;
  if (!document.execCommand("insertText", false, words)) text.setRangeText(words, from, to, "end");
  if (words.endsWith("(https://)")) text.setSelectionRange(from + words.length - 1, from + words.length - 1);
  else if (!chosen) text.setSelectionRange(from + caret, from + caret);
  else text.setSelectionRange(from, from + words.length);
}

export async function showPreview(composer, button) {
  const box = composer.querySelector(".composer-preview");
  const isOn = button.getAttribute("aria-pressed") !== "true";
  if (isOn) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", composer.form.elements.csrfmiddlewaretoken.value);
    body.set("text", composer.text.value);
    const answer = await fetch(button.dataset.preview, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) return;
    box.innerHTML = await answer.text();
  }
  button.setAttribute("aria-pressed", String(isOn));
  box.hidden = !isOn;
  composer.text.hidden = isOn;
  if (!isOn) composer.text.focus();
}
