// The table of visitors stays true: every few seconds its rows are asked for and morphed in place, so that focus,
// scroll and what is being typed beside it stay. Nothing is asked while nobody looks.

const EVERY = 5_000;

class LiveVisitors extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => document.hidden || this.refresh(), EVERY);
    this.wake = () => document.hidden || this.refresh();
    document.addEventListener("visibilitychange", this.wake);
    this.addEventListener("keydown", (event) => this.step(event));
    this.addEventListener("click", (event) => this.open(event));
    this.filters.addEventListener("change", () => this.filter());
    this.filters.addEventListener("input", ({ target }) => target.type === "search" && this.filter());
    this.filters.addEventListener("submit", (event) => {
      event.preventDefault();
      this.filter();
    });
    document.getElementById("visitor").addEventListener("click", (event) => this.close(event));
    addEventListener("popstate", () => location.reload());
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
  }

  get filters() {
    return document.querySelector("[data-filters]");
  }

  refresh() {
    return htmx.ajax("GET", location.pathname + location.search, { source: this, target: this, swap: "morph:innerHTML" });
  }

  // Without what is left open, so that an address that is passed on stays short.
  filter() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      const said = [...new FormData(this.filters)].filter(([, value]) => value && value !== "need");
      const query = new URLSearchParams(said).toString();
      history.replaceState(null, "", location.pathname + (query ? `?${query}` : ""));
      this.refresh();
    }, 150);
  }

  open(event) {
    const link = event.target.closest("[data-visitor]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.show(link.getAttribute("href"));
  }

  close(event) {
    const link = event.target.closest("[data-close-visitor]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const opened = this.querySelector("[aria-current]")?.closest("tr").id;
    history.pushState(null, "", link.getAttribute("href"));
    document.getElementById("visitor").replaceChildren();
    document.getElementById("main").classList.remove("has-visitor");
    this.refresh();
    (document.getElementById(opened)?.querySelector("a") ?? document.getElementById("main")).focus();
  }

  async show(address) {
    history.pushState(null, "", address);
    document.getElementById("main").classList.add("has-visitor");
    const pane = document.getElementById("visitor");
    // Not from this element: while the table is being asked for, htmx would forget the one or the other.
    await htmx.ajax("GET", address, { source: pane, target: pane, swap: "innerHTML" });
    if (!pane.contains(document.activeElement)) document.getElementById("visitor-title")?.focus();
    this.refresh();
  }

  step(event) {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...this.querySelectorAll("[data-visitor]")];
    const at = links.indexOf(document.activeElement);
    if (!way || at < 0 || event.isComposing) return;
    event.preventDefault();
    links[at + way]?.focus();
  }
}

customElements.define("live-visitors", LiveVisitors);
