// Who else is at a ticket, in the rows and in its head; and above the composer what colleagues have begun.
import { openTicket } from "./panes.js";

export function showTogether({ ticket, html, begun }) {
  for (const place of document.querySelectorAll(`[data-people="${ticket}"]`)) place.innerHTML = html;
  const drafts = document.getElementById("drafts");
  if (ticket !== openTicket() || !drafts || drafts.dataset.drafts.trim() === begun.join(" ")) return;
  htmx.ajax("GET", `/desk/tickets/${ticket}/drafts/`, { source: drafts, target: drafts, swap: "outerHTML" });
}
