// <theme-switch action="...">: buttons with data-theme system, light or dark. The choice is posted to
// the account and answered with a cookie, so that the server draws the next page in it and nothing flashes.

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
    this.show(theme);
    this.keep(theme === "system" ? "" : theme);
  }

  keep(theme) {
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const headers = { "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded" };
    fetch(this.getAttribute("action"), { method: "POST", headers, body: new URLSearchParams({ theme }) });
  }

  show(theme) {
    for (const button of this.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === theme));
    }
  }
}

customElements.define("theme-switch", ThemeSwitch);
