// What the palette (command-palette.js) offers at the desk: everything that can be done now, and every view. Beside each
// action stands its key, so that next time it is not needed. And which tickets were open last, for every screen.
import { possible, run, title } from "./hot-keys.js";
import { openTicket } from "./panes.js";

const RECENT = "desk:recent";
const MOST = 6;

const isHere = (row) => Boolean(openTicket() && row.closest("[data-here]"));

document.addEventListener("palette:offer", ({ target: palette }) => {
  const rows = possible().filter(({ dataset }) => dataset.action !== "palette");
  rows.sort((one, other) => isHere(other) - isHere(one));
  palette.fill("actions", rows.map((row) => palette.option(row, title(row), () => run(row))));
  const piles = [...document.querySelectorAll(".pile")];
  palette.fill("views", piles.map((pile) => palette.option(pile, pile.querySelector("bdi").textContent, () => pile.click())));
});

function remember() {
  const number = openTicket();
  if (!number) return;
  const others = JSON.parse(sessionStorage.getItem(RECENT) ?? "[]").filter(([other]) => other !== number);
  const subject = document.getElementById("ticket-title").textContent.trim();
  sessionStorage.setItem(RECENT, JSON.stringify([[number, subject], ...others].slice(0, MOST + 1)));
}

document.addEventListener("htmx:afterSettle", remember);
remember();
