// The figures stay true: every few seconds they are asked for and morphed in place, so that focus and what is open stay.
// Nothing is asked while nobody looks, or while somebody has a menu open; what was asked for just before that is not drawn.

const EVERY = 4_000;

class LiveMonitor extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.refresh(), EVERY);
    this.wake = () => this.refresh();
    document.addEventListener("visibilitychange", this.wake);
    this.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.target === this && this.isInUse) event.detail.shouldSwap = false;
    });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
  }

  get isInUse() {
    return Boolean(this.querySelector("details[open]"));
  }

  refresh() {
    if (document.hidden || this.isInUse) return;
    htmx.ajax("GET", location.pathname + location.search, { source: this, target: this, swap: "morph:innerHTML" });
  }
}

customElements.define("live-monitor", LiveMonitor);

// A filter counts as soon as it is chosen.
document.querySelector(".monitor-filters")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
