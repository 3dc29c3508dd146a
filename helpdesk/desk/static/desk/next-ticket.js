// A ticket that is closed, snoozed or spam leaves the list: the server is told which comes after it there, to open it.
import { openTicket, rows } from "./panes.js";

document.addEventListener("htmx:configRequest", ({ detail: { path, parameters } }) => {
  if (!/\/tickets\/\d+\/(closure|snooze|spam|trash)\//.test(path)) return;
  const all = rows();
  const at = all.findIndex((row) => Number(row.dataset.ticket) === openTicket());
  const next = at >= 0 && (all[at + 1] ?? all[at - 1]);
  if (next && next.checkVisibility()) parameters.next = next.dataset.ticket;
});
