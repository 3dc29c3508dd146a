// <command-palette src>: entries narrowed down while one types, what was open a moment ago, and what the server finds.
// It leads from any screen to any other; the desk adds what can be done there when it hears "palette:offer" (palette.js).
// js/palette-key.js fetches it when it is wanted first.

const RECENT = "desk:recent"; // as palette.js keeps it: [[number, subject], ...]
const PATIENCE = 120;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const openTicket = () => Number(document.querySelector(".thread[data-ticket]")?.dataset.ticket) || null;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.does = new WeakMap();
    this.input.addEventListener("input", () => this.look());
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => this.done(event.target.closest("[role=option]")));
    this.parentElement.addEventListener("click", (event) => event.target === this.parentElement && this.parentElement.close());
  }

  part(name) {
    return this.list.querySelector(`[data-part=${name}]`);
  }

  /** Each time it is opened: what can be done may be something else now. */
  begin() {
    this.part("found").replaceChildren();
    this.dispatchEvent(new CustomEvent("palette:offer", { bubbles: true }));
    const recent = JSON.parse(sessionStorage.getItem(RECENT) ?? "[]").filter(([number]) => number !== openTicket());
    this.fill("recent", recent.map(([number, subject]) => this.toTicket(number, subject)));
    this.ask("", "pages");
    this.look();
  }

  fill(name, options) {
    this.part(name).replaceChildren(...options);
    htmx.process(this.part(name));
  }

  option(source, words, does) {
    const option = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const text = Object.assign(document.createElement("span"), { className: "truncate grow", textContent: words.replace(/\s+/g, " ").trim() });
    const keys = Object.assign(document.createElement("span"), { className: "palette-keys", innerHTML: source?.querySelector("dd")?.innerHTML ?? "" });
    option.append(...[source?.querySelector("svg")?.cloneNode(true), text, keys].filter(Boolean));
    this.does.set(option, does);
    return option;
  }

  toTicket(number, subject) {
    return Object.assign(this.option(null, `#${number} ${subject}`), { href: `/desk/tickets/${number}/` });
  }

  look() {
    this.narrow();
    clearTimeout(this.timer);
    const query = this.input.value.trim();
    if (query) this.timer = setTimeout(() => this.ask(query, "found"), PATIENCE);
    else this.part("found").replaceChildren();
  }

  async ask(query, name) {
    const address = `${this.getAttribute("src")}q=${encodeURIComponent(query)}&ticket=${openTicket() ?? ""}`;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || name === "found" && query !== this.input.value.trim()) return;
    this.part(name).innerHTML = await answer.text();
    htmx.process(this.part(name));
    this.narrow();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]:not([hidden])")];
  }

  narrow() {
    const words = plain(this.input.value).split(/\s+/).filter(Boolean);
    this.list.querySelectorAll("[role=option]").forEach((option, number) => {
      option.id = `palette-${number}`;
      option.setAttribute("aria-selected", "false");
      const isFound = option.closest("[data-part=found]");
      const isPage = option.closest("[data-part=pages]");
      const text = plain(option.textContent);
      option.hidden = isFound ? false : words.length ? !words.every((word) => text.includes(word)) : Boolean(isPage);
    });
    for (const group of this.list.querySelectorAll("[role=group]")) group.hidden = !group.querySelector("[role=option]:not([hidden])");
    const all = this.options;
    this.querySelector(".palette-none").hidden = all.length > 0;
    this.mark(Math.max(0, all.findIndex((option) => words.length && plain(option.textContent).startsWith(words[0]))));
  }

  mark(index) {
    const all = this.options;
    this.at = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, each) => option.setAttribute("aria-selected", String(each === this.at)));
    all[this.at]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", all[this.at]?.id ?? "");
  }

  onKey(event) {
    const does = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.options[this.at]?.click(),
    }[event.key];
    if (!does || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    does();
  }

  /** The dialog gives the focus back to where it was, before the action may take it elsewhere; a link does by itself. */
  done(option) {
    if (!option) return;
    this.parentElement.close();
    this.does.get(option)?.();
  }
}

customElements.define("command-palette", CommandPalette);
