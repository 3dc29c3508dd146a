// Shows what push services bring while no page of ours is open. It keeps nothing: no ticket, no page.

const ICONS = { icon: "/static/icons/app-192.png", badge: "/static/icons/app-badge.png" };
const HEADERS = { "HX-Request": "true" }; // refusals come as plain words, and nobody is led to the login unseen

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.data && event.waitUntil(show(event.data.json())));
self.addEventListener("notificationclick", (event) => event.waitUntil(follow(event.notification)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAnew(event.newSubscription)));

async function show({ title, body, tag, url, at, unread }) {
  const options = { ...ICONS, body, tag, renotify: true, data: { url, at } };
  await Promise.all([self.registration.showNotification(title, options), count(unread)]);
}

const count = (unread) => (unread ? self.navigator.setAppBadge?.(unread) : self.navigator.clearAppBadge?.());

/** To the tab that has it open already, which is read with that; else to one more. */
async function follow(notification) {
  notification.close();
  const { url, at } = notification.data;
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find((tab) => new URL(tab.url).pathname === at);
  if (!there) return self.clients.openWindow(url);
  await there.focus();
  await fetch(url, { redirect: "manual" });
}

/** The browser has let its subscription go, as some do from time to time. */
async function subscribeAnew(given) {
  const answer = await fetch("/notices/devices/key/", { headers: HEADERS });
  if (!answer.ok) return;
  const { key, csrf } = await answer.json();
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = given ?? (await self.registration.pushManager.subscribe(options));
  await fetch("/notices/devices/", {
    method: "POST",
    headers: { ...HEADERS, "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify(subscription),
  });
}
