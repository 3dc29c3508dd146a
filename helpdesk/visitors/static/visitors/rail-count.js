// <rail-count src="..."> in the rail: how many visitors are here, asked for now and then while somebody looks.

const EVERY = 30_000;

class RailCount extends HTMLElement {
  connectedCallback() {
    this.ask();
    this.timer = setInterval(() => this.ask(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async ask() {
    if (document.hidden) return;
    const answer = await fetch(this.getAttribute("src")).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { here } = await answer.json();
    this.hidden = !here;
    this.textContent = here > 99 ? "99+" : here;
  }
}

customElements.define("rail-count", RailCount);
