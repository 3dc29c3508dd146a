// <details data-menu>: opens by itself without script; here it also closes on Escape, on a click
// elsewhere and on leaving with Tab, and the arrow keys walk through its items.

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

const items = (menu) =>
  [...menu.querySelectorAll(".menu-item, [role=option]")].filter((item) => !item.disabled && item.checkVisibility());

function close(menu, { andFocus = false } = {}) {
  menu.open = false;
  if (andFocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    const chosen = event.target.closest(".menu-item");
    if (!menu.contains(event.target) || (chosen && menu.contains(chosen) && !chosen.closest("theme-switch"))) close(menu);
  }
});

// A list that opens at the edge of a pane that scrolls is brought into view; `toggle` does not bubble.
document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches?.("details[data-menu]")) target.querySelector(".menu-list")?.scrollIntoView({ block: "nearest" });
}, true);

// A press on words inside the menu puts the focus on what is around it: that is no leaving.
document.addEventListener("focusin", ({ target }) => {
  for (const menu of openMenus()) if (!menu.contains(target) && !target.contains(menu)) close(menu);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]") ?? [...openMenus()].at(-1);
  if (!menu || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(menu, { andFocus: true });
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const all = items(menu);
    if (!all.length) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = all.indexOf(document.activeElement);
    all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length].focus();
  }
}, true);
