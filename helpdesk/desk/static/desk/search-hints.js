// <search-hints src>: under the search box, what may follow: filters and their values, found by the server. Arrows choose,
// Enter or Tab takes the chosen one, Enter without one searches, Escape closes the list.

const PATIENCE = 100;

class SearchHints extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.box = this.querySelector("[role=listbox]");
    this.input.addEventListener("input", () => this.soon());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", ({ target }) => this.take(target.closest("[role=option]")));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  get options() {
    return [...this.box.querySelectorAll("[role=option]")];
  }

  get chosen() {
    return this.box.hidden ? null : this.box.querySelector("[aria-selected=true]");
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PATIENCE);
  }

  async ask(at) {
    const typed = this.input.value.slice(0, this.input.selectionEnd);
    const question = (this.question = `${this.getAttribute("src")}?q=${encodeURIComponent(typed)}`);
    const answer = await fetch(question).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (question !== this.question || document.activeElement !== this.input) return;
    this.box.innerHTML = html;
    this.box.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.box.hidden));
    this.mark(at);
  }

  /** Without a place none is chosen, so that Enter searches. */
  mark(at) {
    const all = this.options;
    this.at = at === undefined || !all.length ? undefined : (at + all.length) % all.length;
    all.forEach((option, each) => option.setAttribute("aria-selected", String(each === this.at)));
    if (this.at === undefined) return this.input.removeAttribute("aria-activedescendant");
    all[this.at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", all[this.at].id);
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isTaken = this.chosen && ["Enter", "Tab"].includes(event.key) && !event.shiftKey;
    if (step && this.box.hidden) this.ask(step > 0 ? 0 : -1);
    else if (step) this.mark(this.at === undefined ? (step > 0 ? 0 : -1) : this.at + step);
    else if (isTaken) this.take(this.chosen);
    else if (event.key === "Escape" && !this.box.hidden) this.close();
    else {
      if (event.key === "Enter") this.close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  take(option) {
    if (!option) return;
    const { text, from, on } = option.dataset;
    const end = this.input.selectionEnd;
    const words = on === undefined ? `${text} ` : text;
    this.input.setRangeText(words, Number(from), end, "end");
    this.close();
    if (on !== undefined) this.ask();
  }

  close() {
    clearTimeout(this.timer);
    this.question = "";
    this.box.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark();
  }
}

customElements.define("search-hints", SearchHints);
