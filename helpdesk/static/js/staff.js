// What every signed-in screen needs: menus, the theme switch, toasts, times in words.
import "./menu.js";
import "./theme-switch.js";
import "./toast-message.js";
import "./relative-time.js";
import "./palette-key.js";

// What is called Ctrl elsewhere is another key there.
if (/Mac|iP/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("kbd")) if (key.textContent === "Ctrl") key.textContent = "⌘";
}
