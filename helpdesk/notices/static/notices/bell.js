// The bell: when it comes anew it carries the newest unread notices, and the browser shows them while nobody looks at
// any of our pages. What one tab has shown, or had before somebody's eyes, no other shows again.

const SHOWN = "notices:shown";
const ELSEWHERE = 1500; // milliseconds in which a tab that is looked at may say that it has them

const shown = () => Number(localStorage.getItem(SHOWN) ?? 0);
const noteShown = (id) => localStorage.setItem(SHOWN, String(Math.max(shown(), id)));

function show({ id, kind, title, text }, address) {
  const notice = new Notification(title, { body: [kind, text].filter(Boolean).join("\n"), tag: `notice-${id}` });
  notice.addEventListener("click", () => {
    window.focus();
    location.assign(`${address}${id}/`);
    notice.close();
  });
}

function announce(bell) {
  const fresh = JSON.parse(bell.dataset.announced ?? "[]").filter(({ id }) => id > shown());
  if (!fresh.length) return;
  const newest = fresh.at(-1).id;
  if (!document.hidden) return noteShown(newest);
  setTimeout(() => {
    const still = fresh.filter(({ id }) => id > shown());
    noteShown(newest);
    if (globalThis.Notification?.permission === "granted") for (const notice of still) show(notice, bell.pathname);
  }, ELSEWHERE);
}

/** The app's icon says what the bell says; it can't say more than a number. */
function count(bell) {
  const unread = Number.parseInt(bell.querySelector(".rail-count")?.textContent ?? "0", 10);
  unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
}

document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.id === "bell" && !document.hidden) detail.parameters.looking = 1;
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "bell") return;
  announce(target);
  count(target);
});

// Who comes back to a page sees at once what is new, and need not be told of it elsewhere.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.body.dispatchEvent(new CustomEvent("notices:new"));
});

count(document.getElementById("bell"));

/** <notice-permission>: says whether this browser may show notices, and asks for it. */
class NoticePermission extends HTMLElement {
  connectedCallback() {
    if (!globalThis.Notification) return;
    this.querySelector("button").addEventListener("click", async () => {
      await Notification.requestPermission();
      this.draw();
    });
    this.draw();
  }

  draw() {
    this.hidden = false;
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== Notification.permission;
  }
}

customElements.define("notice-permission", NoticePermission);
