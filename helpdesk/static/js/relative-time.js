// <relative-time datetime="..." [data-short]>: the server wrote a plain date inside; over it stands
// "3 hours ago", in the page's language, kept up to date. One timer serves all. The words live in a
// shadow root, so that a morph that renews the page's own text does not take them away.

const STEPS = [
  ["year", 31557600],
  ["month", 2629800],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const MINUTE = 60000;
const shown = new Set();
const language = document.documentElement.lang || undefined;
const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });

export function inWords(moment, { short = false, now = Date.now() } = {}) {
  const seconds = (moment - now) / 1000;
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  const amount = Math.trunc(seconds / size);
  if (!short) return words.format(amount, unit);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow" }).format(Math.abs(amount));
}

class RelativeTime extends HTMLElement {
  static observedAttributes = ["datetime"];

  connectedCallback() {
    shown.add(this);
    this.show();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.show();
  }

  show() {
    const moment = new Date(this.getAttribute("datetime"));
    if (Number.isNaN(moment.valueOf())) return;
    const text = inWords(moment.valueOf(), { short: this.hasAttribute("data-short") });
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    if (root.textContent !== text) root.textContent = text;
    this.title ||= full.format(moment);
  }
}

customElements.define("relative-time", RelativeTime);
setInterval(() => shown.forEach((element) => element.show()), MINUTE);
