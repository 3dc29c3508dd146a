// Choosing several tickets of the list and doing one thing with all. What is chosen is kept here by number, since the
// rows are drawn anew all the time; a ticket that leaves the list is let go. #several offers what can be done.
import { openTicket, rows } from "./panes.js";

const chosen = new Set();
let last = null;
let isAll = false;

const bar = () => document.getElementById("several");
const numberOf = (row) => Number(row.dataset.ticket);
const atHand = (row) => row ?? rows().find((one) => numberOf(one) === openTicket());

export const isChoosing = () => chosen.size > 0;

export function letGo() {
  chosen.clear();
  show();
}

function show() {
  const all = rows();
  const there = new Set(all.map(numberOf));
  for (const number of chosen) if (!there.has(number)) chosen.delete(number);
  isAll &&= chosen.size > 0;
  if (isAll) there.forEach((number) => chosen.add(number));
  for (const row of all) {
    const item = row.parentElement;
    const isChosen = chosen.has(numberOf(row));
    item.classList.toggle("is-chosen", isChosen);
    item.querySelector("[name=pick]").checked = isChosen;
  }
  showBar();
}

function showBar() {
  const box = bar();
  if (!box) return;
  document.getElementById("rows").classList.toggle("is-choosing", isChoosing());
  if (isChoosing() && box.hidden) {
    box.firstElementChild?.remove();
    htmx.ajax("GET", box.dataset.src, { target: box, swap: "innerHTML" });
  }
  box.hidden = !isChoosing();
  const total = box.querySelector("[data-total]");
  if (total) box.querySelector("[data-count]").textContent = isAll ? total.dataset.total : chosen.size;
  box.querySelector("[data-all]")?.toggleAttribute("hidden", isAll || Number(total.dataset.total) === chosen.size);
  box.querySelector("[data-merge]")?.toggleAttribute("hidden", chosen.size !== 2);
}

function toggle(row, isOn = !chosen.has(numberOf(row))) {
  isAll = false;
  chosen[isOn ? "add" : "delete"](numberOf(row));
  last = numberOf(row);
  show();
}

/** All from the one that was chosen last to this one. */
function chooseTo(row) {
  const all = rows();
  const from = all.findIndex((one) => numberOf(one) === last);
  const to = all.indexOf(row);
  for (const one of all.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1)) chosen.add(numberOf(one));
  toggle(row, true);
}

/** Once the bar is there. A menu gives the focus to its first choice. */
export function pressInBar(selector) {
  const box = bar();
  const press = () => {
    const target = box.querySelector(selector);
    target?.click();
    target?.nextElementSibling?.querySelector("button, input")?.focus();
  };
  if (box.firstElementChild) press();
  else box.addEventListener("htmx:afterSettle", press, { once: true });
}

/** What keys and the palette call, with the row that has the focus. */
export const calls = {
  pick: (row) => atHand(row) && toggle(atHand(row)),
  range: (row) => atHand(row) && chooseTo(atHand(row)),
  all: () => {
    isAll = true;
    rows().forEach((row) => chosen.add(numberOf(row)));
    show();
  },
};

document.addEventListener("click", (event) => {
  const item = event.target.closest("#rows > li");
  const row = item?.querySelector(".row");
  if (event.target.matches("[name=pick]")) (event.shiftKey ? chooseTo : toggle)(row);
  else if (row && event.shiftKey) {
    event.preventDefault();
    event.stopPropagation();
    chooseTo(row);
  } else if (event.target.closest("[data-all]")) calls.all();
  else if (event.target.closest("[data-none]")) letGo();
  else if (event.target.closest("[data-merge]")) {
    const [one, other] = chosen;
    htmx.ajax("GET", `/desk/tickets/${one}/merger/?other=${other}`, { target: "#dialogs", swap: "innerHTML" });
  }
}, true);

document.addEventListener("htmx:configRequest", ({ target, detail: { parameters, verb } }) => {
  if (verb !== "post" || !bar()?.contains(target)) return;
  if (isAll) parameters.all = "yes";
  else for (const number of chosen) parameters.append("ticket", number);
  document.querySelectorAll("#rows > .is-chosen").forEach((item) => item.classList.add("is-leaving"));
});

// The list that comes with the answer is the one that is shown now, and as long.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!/\/desk\/(several|undo)\//.test(detail.path)) return;
  const url = new URL(detail.path, location.href);
  url.search = document.getElementById("list").dataset.suffix;
  url.searchParams.set("shown", rows().length);
  detail.path = url.pathname + url.search;
});

document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.requestConfig.verb !== "post" || !bar()?.contains(target)) return;
  if (detail.successful) letGo();
  else document.querySelectorAll(".is-leaving").forEach((item) => item.classList.remove("is-leaving"));
});

document.addEventListener("htmx:afterSettle", show);
