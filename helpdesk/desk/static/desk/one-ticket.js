// What an answer says of a ticket is drawn only while that ticket is open: an agent who sends and moves on must
// not find the head, the people or the messages of the last one in the next. Toasts belong to nobody and always show.
import { openTicket } from "./panes.js";

const REFRESHED = /\/tickets\/(\d+)\/refreshed\//;

const isOpen = (number) => !number || Number(number) === openTicket();

document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const part = detail.fragment instanceof DocumentFragment ? detail.fragment.firstElementChild : detail.fragment;
  if (!isOpen(part?.dataset.of)) detail.shouldSwap = false;
});

// Also where it would lead away: of a merged ticket to the one it is part of.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!isOpen(REFRESHED.exec(event.detail.pathInfo.requestPath)?.[1])) event.preventDefault();
});
