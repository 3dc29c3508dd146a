// What every signed-in screen needs: menus, the theme switch, toasts, times in words.
import "./menu.js";
import "./theme-switch.js";
import "./toast-message.js";
import "./relative-time.js";
