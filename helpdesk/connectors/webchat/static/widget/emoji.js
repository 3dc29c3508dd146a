// A few dozen emoji. Fetched when somebody wants one. Arrow keys go from one to the next.

const ALL = "😀 😄 😂 🙂 😉 😊 😍 😘 😎 🤔 😅 🙃 😐 😕 😢 😭 😡 😱 😴 🤒 👍 👎 👏 🙏 💪 👋 🤝 ✌️ 👌 🤞 ❤️ 💔 ✨ 🎉 🔥 ⭐ ✅ ❌ ❓ ❗ 📦 🚚 📷 📞 ✉️ ⏰ 💳 🎁".split(" ");

// Puts them into `panel`; `choose` gets the one that was pressed.
export function fill(panel, choose) {
  for (const [place, sign] of ALL.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.tabIndex = place ? -1 : 0;
    panel.append(button);
  }
  panel.addEventListener("click", ({ target }) => target.matches("button") && choose(target.textContent));
  panel.addEventListener("keydown", (event) => {
    const step = step_of(event.key, panel);
    if (!step) return;
    event.preventDefault();
    const all = [...panel.children];
    const from = all.indexOf(document.activeElement);
    const next = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : from + step;
    if (!all[next]) return;
    all[from].tabIndex = -1;
    all[next].tabIndex = 0;
    all[next].focus();
  });
}

function step_of(key, panel) {
  const row = getComputedStyle(panel).gridTemplateColumns.split(" ").length;
  const forward = getComputedStyle(panel).direction === "rtl" ? -1 : 1;
  return { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: row, ArrowUp: -row, Home: 1, End: 1 }[key];
}
