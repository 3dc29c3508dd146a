// A few dozen emoji. Fetched when somebody wants one. Arrow keys go from one to the next.

const ALL = "😀 😄 😂 🙂 😉 😊 😍 😘 😎 🤔 😅 🙃 😐 😕 😢 😭 😡 😱 😴 🤒 👍 👎 👏 🙏 💪 👋 🤝 ✌️ 👌 🤞 ❤️ 💔 ✨ 🎉 🔥 ⭐ ✅ ❌ ❓ ❗ 📦 🚚 📷 📞 ✉️ ⏰ 💳 🎁".split(" ");

let panel;

// Shows them above the composer's box, or takes them away.
export function toggle(composer) {
  panel ??= made(composer);
  if (!panel.hidden) return composer.box.focus();
  show(composer, true);
  panel.querySelector("[tabindex='0']").focus();
}

function show(composer, yes) {
  panel.hidden = !yes;
  composer.face.setAttribute("aria-expanded", yes);
}

function made(composer) {
  const { box, face, form } = composer;
  const fresh = Object.assign(document.createElement("div"), { className: "emoji", id: "emoji", hidden: true });
  fresh.setAttribute("role", "group");
  fresh.setAttribute("aria-label", face.getAttribute("aria-label"));
  for (const [place, sign] of ALL.entries()) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
    button.tabIndex = place ? -1 : 0;
    fresh.append(button);
  }
  fresh.addEventListener("click", ({ target }) => target.matches("button") && insert(composer, target.textContent));
  fresh.addEventListener("keydown", (event) => step(event));
  box.addEventListener("focus", () => show(composer, false));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || fresh.hidden) return;
    event.stopPropagation(); // it closes this, not the widget
    box.focus();
  });
  form.querySelector(".composer-box").before(fresh);
  face.setAttribute("aria-controls", fresh.id);
  return fresh;
}

function insert(composer, sign) {
  const { box } = composer;
  box.setRangeText(sign, box.selectionStart, box.selectionEnd, "end");
  box.focus();
  composer.changed();
}

function step(event) {
  const by = step_of(event.key);
  if (!by) return;
  event.preventDefault();
  const all = [...panel.children];
  const from = all.indexOf(document.activeElement);
  const next = all[{ Home: 0, End: all.length - 1 }[event.key] ?? from + by];
  if (!next) return;
  all[from].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function step_of(key) {
  const row = getComputedStyle(panel).gridTemplateColumns.split(" ").length;
  const forward = getComputedStyle(panel).direction === "rtl" ? -1 : 1;
  return { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: row, ArrowUp: -row, Home: 1, End: 1 }[key];
}
