// <theme-switch>: buttons with data-theme system, light or dark. The choice is a cookie, so that
// the server draws the next page in it at once and nothing flashes.

const YEAR = 60 * 60 * 24 * 365;

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    this.show(document.documentElement.dataset.theme ?? "system");
  }

  handleEvent(event) {
    const theme = event.target.closest("[data-theme]")?.dataset.theme;
    if (!theme) return;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
    this.show(theme);
  }

  show(theme) {
    for (const button of this.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === theme));
    }
  }
}

customElements.define("theme-switch", ThemeSwitch);
