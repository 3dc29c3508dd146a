// What the server refused, or never heard, in words.
import { showToast } from "../js/toast-message.js";

const template = (id) => document.getElementById(id);

document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  const isPlain = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
  showToast(template("toast-template"), isPlain ? xhr.responseText : `${xhr.status} ${xhr.statusText}`);
});

/** A message of another ticket than the open one was refused: which one, and why. */
export function showNotSent(ticket, xhr) {
  const answer = new DOMParser().parseFromString(xhr.response, "text/html");
  const why = answer.querySelector("[role=alert]")?.textContent.trim();
  if (why) showToast(template("toast-template"), `#${ticket}: ${why}`);
}

document.addEventListener("htmx:sendError", () => {
  showToast(template("toast-template"), template("offline-template").content.textContent.trim());
});
