// The list's current row, the context pane's toggle, and the page title's count.

const KEY = "desk:about";
const wide = matchMedia("(min-width: 72.01rem)");

export const openTicket = () => Number(document.querySelector(".thread[data-ticket]")?.dataset.ticket) || null;
export const rows = () => [...document.querySelectorAll("#rows .row")];

/** Marks the row of the open ticket; only one row is a stop of the Tab key. */
function markRows() {
  const ticket = String(openTicket());
  const all = rows();
  for (const row of all) {
    if (row.dataset.ticket === ticket) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    row.tabIndex = -1;
  }
  const stop = all.find((row) => row === document.activeElement) ?? all.find((row) => row.ariaCurrent) ?? all[0];
  if (stop) stop.tabIndex = 0;
}

function markPiles() {
  const { pathname } = location;
  const list = document.getElementById("list")?.dataset.url;
  for (const pile of document.querySelectorAll(".pile")) {
    if (pile.pathname === list || pile.pathname === pathname) pile.setAttribute("aria-current", "page");
    else pile.removeAttribute("aria-current");
  }
}

function countInTitle() {
  const count = document.querySelector("[data-pile=mine] .pile-count")?.firstChild?.textContent.trim();
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
}

function showAbout() {
  const about = document.getElementById("about");
  if (about && wide.matches) about.classList.toggle("is-closed", localStorage.getItem(KEY) === "closed");
}

export function openAbout() {
  const about = document.getElementById("about");
  if (wide.matches) localStorage.removeItem(KEY);
  about?.classList.remove("is-closed");
  about?.classList.add("is-open");
}

function refresh() {
  markRows();
  markPiles();
  showAbout();
  countInTitle();
}

/** Focus goes where the eyes go: to the heading of what was opened, unless a key is walking the list. */
function focusOpened({ detail: { target, requestConfig } }) {
  if (!["ticket", "main"].includes(target?.id)) return;
  const heading = document.getElementById(target.id === "ticket" ? "ticket-title" : "list-title");
  if (requestConfig?.verb === "get" && !matchMedia("(pointer: coarse)").matches) heading?.focus({ preventScroll: true });
  const unread = document.querySelector(`#row-${openTicket()} .is-unread`);
  unread?.classList.remove("is-unread");
  unread?.querySelectorAll(".row-unread, .row-unread + *").forEach((mark) => mark.remove()); // the dot, and its word
}

document.addEventListener("htmx:afterSettle", (event) => {
  refresh();
  focusOpened(event);
});
document.addEventListener("htmx:historyRestore", refresh);

// What is drawn anew beside the conversation does not shut it while somebody reads it on a narrow screen.
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
  if (!target.matches("#about.is-open")) return;
  (fragment.querySelector?.("#about") ?? fragment).classList?.add("is-open");
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("#rows .row")) for (const row of rows()) row.tabIndex = row === event.target ? 0 : -1;
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  const toggle = event.target.closest("[data-toggle=about]");
  if (toggle && wide.matches) {
    event.preventDefault();
    event.stopPropagation();
    if (localStorage.getItem(KEY) === "closed") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "closed");
    showAbout();
  }
  const jump = event.target.closest(".menu-list a[href^='#']");
  const goal = jump && document.querySelector(jump.getAttribute("href"));
  if (goal) {
    event.preventDefault();
    openAbout();
    setTimeout(() => goal.focus());
  }
}, true);

refresh();
