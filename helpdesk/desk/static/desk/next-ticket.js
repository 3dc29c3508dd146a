// A ticket that is closed, snoozed or spam leaves the list: its row fades at once, and the server is told which comes
// after it there, to open it.
import { openTicket, rows } from "./panes.js";

const LEAVES = /\/tickets\/\d+\/(closure|snooze|spam|trash)\//;

document.addEventListener("htmx:configRequest", ({ detail: { path, parameters } }) => {
  if (!LEAVES.test(path)) return;
  const all = rows();
  const at = all.findIndex((row) => Number(row.dataset.ticket) === openTicket());
  if (at < 0) return;
  all[at].parentElement.classList.add("is-leaving");
  const next = all[at + 1] ?? all[at - 1];
  if (next?.checkVisibility()) parameters.next = next.dataset.ticket;
});

document.addEventListener("htmx:afterRequest", ({ detail: { successful, pathInfo } }) => {
  if (successful || !LEAVES.test(pathInfo.requestPath)) return;
  document.querySelectorAll(".is-leaving").forEach((item) => item.classList.remove("is-leaving"));
});
