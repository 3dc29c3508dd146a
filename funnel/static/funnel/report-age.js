// <report-age data-age="12" data-words="Updated {ago}">: how many seconds old the figures are, and once a minute,
// while somebody looks and nobody types, the figures anew. The words live in a shadow root, so that a morph that
// renews the page's own text does not take them away.

const STEP = 5; // seconds between two changes of the words: a number that runs is a number that disturbs
const FRESH_FOR = 60;
const language = document.documentElement.lang || undefined;
const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });

const since = (moment) => (performance.now() - moment) / 1000;

const isBusy = () =>
  document.visibilityState !== "visible" ||
  document.querySelector("dialog[open], details[data-menu][open]") ||
  document.activeElement?.matches("#report :is(input, select, textarea)");

class ReportAge extends HTMLElement {
  static observedAttributes = ["data-age", "datetime"];

  connectedCallback() {
    this.restart();
    this.timer = setInterval(() => this.tick(), STEP * 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.restart();
  }

  restart() {
    this.from = this.asked = performance.now();
    this.show();
  }

  show() {
    const age = Math.round(Number(this.dataset.age) + since(this.from));
    const ago = age < 100 ? words.format(-age, "second") : words.format(-Math.round(age / 60), "minute");
    const text = age < 2 ? this.textContent : this.dataset.words.replace("{ago}", ago);
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    if (root.textContent !== text) root.textContent = text;
  }

  tick() {
    this.show();
    if (since(this.asked) >= FRESH_FOR && !isBusy()) this.refresh();
  }

  refresh() {
    this.asked = performance.now();
    htmx.ajax("GET", location.href, { target: "#report", select: "#report", swap: "morph:outerHTML" });
  }
}

customElements.define("report-age", ReportAge);
