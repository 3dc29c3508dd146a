// Keys. The dialog #keys is the registry: a row's data-key says which, data-step, data-click and
// data-focus say what. Letters are matched by their place on the keyboard where the layout has other
// signs, and never while somebody writes in a field or composes with an input method.
import { openAbout, openTicket, rows } from "./panes.js";

const STORE = "desk:letters";
const PATIENCE = 1200;
let before = "";
let timer = 0;

const dialog = () => document.getElementById("keys");
const isOn = () => localStorage.getItem(STORE) !== "off";
const isField = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function keyOf(event) {
  if (event.key.length === 1 && event.key.charCodeAt(0) < 128) return event.key.toLowerCase();
  return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row === document.activeElement);
  const from = at >= 0 ? at : all.findIndex((row) => Number(row.dataset.ticket) === openTicket());
  all[Math.min(Math.max(from + by, 0), all.length - 1)]?.focus();
}

function press(selector) {
  const target = document.querySelector(selector);
  if (target instanceof HTMLDialogElement) return target.showModal();
  target?.click();
}

function focus(selector) {
  const target = document.querySelector(selector);
  if (!target) return;
  if (target.closest("#about") && !target.checkVisibility()) openAbout();
  target.focus();
  target.select?.();
}

function run(row) {
  if (row.dataset.step) step(Number(row.dataset.step));
  if (row.dataset.click) press(row.dataset.click);
  if (row.dataset.focus) focus(row.dataset.focus);
}

/** Escape leaves the field first; pressed again it leaves the conversation's pane for the list. */
function leave(target) {
  if (isField(target)) document.getElementById("ticket-title")?.focus({ preventScroll: true });
  else document.querySelector("#rows .row[tabindex='0']")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!dialog() || document.querySelector("dialog[open], details[data-menu][open]")) return;
  if (event.key === "Escape") return leave(event.target);
  if (event.target.matches("#rows .row") && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    return step(event.key === "ArrowDown" ? 1 : -1);
  }
  if (isField(event.target) || !isOn()) return;
  const pressed = before ? `${before} ${keyOf(event)}` : keyOf(event);
  const row = dialog().querySelector(`[data-key="${CSS.escape(pressed)}"]`);
  const isPrefix = dialog().querySelector(`[data-key^="${CSS.escape(pressed)} "]`);
  clearTimeout(timer);
  before = isPrefix ? pressed : "";
  timer = setTimeout(() => (before = ""), PATIENCE);
  if (!row) return;
  event.preventDefault();
  run(row);
});

document.addEventListener("change", (event) => {
  if (event.target.id === "letters") localStorage.setItem(STORE, event.target.checked ? "on" : "off");
});

const letters = document.getElementById("letters");
if (letters) letters.checked = isOn();
