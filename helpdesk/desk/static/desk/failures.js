// What the server refused, or never heard, in words.
import { showToast } from "../js/toast-message.js";

const template = (id) => document.getElementById(id);

const isPlain = (xhr) => xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");

document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  showToast(template("toast-template"), isPlain(xhr) ? xhr.responseText : `${xhr.status} ${xhr.statusText}`);
});

/** A refusal in words for a request that draws nothing in its own place. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap || detail.target !== document.body || !isPlain(detail.xhr)) return;
  detail.shouldSwap = false;
  showToast(template("toast-template"), detail.xhr.responseText);
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
