// Keys. The sheet #keys is the registry: a row's data-key says which, data-step, data-click, data-focus and data-call
// say what. Letters are matched by their place on the keyboard where the layout has other signs, and never while
// somebody writes in a field or composes with an input method.
import { openAbout, openTicket, rows } from "./panes.js";
import { calls, isChoosing, letGo, pressInBar } from "./several.js";

const PATIENCE = 1200;
let before = "";
let timer = 0;

const sheet = () => document.getElementById("keys");
const actions = () => [...sheet().querySelectorAll("[data-action]")];
const isField = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const find = (selectors) => selectors.split("|").map((one) => document.querySelector(one)).find(Boolean);

export const title = (row) => row.querySelector("dt").textContent.trim();

function keyOf({ key, code, shiftKey }) {
  const letter = key.charCodeAt(0) > 127 && code.startsWith("Key") ? code.slice(3) : key;
  if (letter.length > 1 || letter.toLowerCase() === letter.toUpperCase()) return letter;
  return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row === document.activeElement);
  const from = at >= 0 ? at : all.findIndex((row) => Number(row.dataset.ticket) === openTicket());
  const to = Math.min(Math.max(from + by, 0), all.length - 1);
  all[to]?.focus();
  if (to === all.length - 1) document.querySelector("#more a")?.click(); // the next rows, before they are asked for
}

function press(selectors) {
  const target = find(selectors);
  if (target instanceof HTMLDialogElement) target.showModal();
  else target?.click();
}

function focus(selector) {
  const target = document.querySelector(selector);
  if (!target) return;
  if (target.closest("#about") && !target.checkVisibility()) openAbout();
  target.focus();
  target.select?.();
}

/** The row that has the focus, where it is not the open ticket's. */
function besides() {
  const row = document.activeElement.closest("#rows .row");
  return row && Number(row.dataset.ticket) !== openTicket() ? row : null;
}

/** What is chosen in the list, or stands under the focus there, comes before the open ticket. */
export function run({ dataset }) {
  if (dataset.many && (isChoosing() || besides())) {
    if (!isChoosing()) calls.pick(besides());
    return pressInBar(dataset.many);
  }
  if (dataset.step) step(Number(dataset.step));
  if (dataset.call) calls[dataset.call]?.(document.activeElement.closest("#rows .row"));
  if (dataset.click) press(dataset.click);
  if (dataset.focus) focus(dataset.focus);
}

/** Whether there is now anything for it to do. */
export function applies({ dataset }) {
  if (dataset.step || dataset.call) return dataset.call === "bar" ? isChoosing() : rows().length > 0;
  if (dataset.many && (isChoosing() || besides())) return true;
  const selectors = dataset.focus ?? dataset.click;
  const target = selectors && find(selectors);
  return Boolean(target) && !target.disabled;
}

export const possible = () => actions().filter(applies);

/** Escape lets go of what was chosen, or leaves the field; pressed again it leaves the conversation for the list. */
function leave(target) {
  if (isField(target)) document.getElementById("ticket-title")?.focus({ preventScroll: true });
  else if (isChoosing()) letGo();
  else document.querySelector("#rows .row[tabindex='0']")?.focus();
}

/** Ctrl or Cmd and Z, where it is not the field's own; K is every screen's (js/palette-key.js). */
function chord(event) {
  if (event.code !== "KeyZ" || event.shiftKey || event.altKey || isField(event.target)) return;
  event.preventDefault();
  run(sheet().querySelector("[data-action=undo]"));
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || !sheet() || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey) return chord(event);
  if (event.altKey || document.querySelector("details[data-menu][open]")) return;
  if (event.key === "Escape") return leave(event.target);
  if (event.target.matches("#rows .row") && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    return step(event.key === "ArrowDown" ? 1 : -1);
  }
  if (isField(event.target) || !document.getElementById("letters").checked) return;
  const pressed = before ? `${before} ${keyOf(event)}` : keyOf(event);
  const row = actions().find(({ dataset }) => dataset.key === pressed);
  clearTimeout(timer);
  before = actions().some(({ dataset }) => dataset.key?.startsWith(`${pressed} `)) ? pressed : "";
  timer = setTimeout(() => (before = ""), PATIENCE);
  if (!row) return;
  event.preventDefault();
  run(row);
});
