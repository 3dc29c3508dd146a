// The list above the composer: after "/" canned answers, in a note after "@" colleagues. The server
// finds and fills them in; arrows choose, Enter or Tab inserts, Escape closes.

const TRIGGER = /(^|\s)([/@])([\p{L}\p{N}_.-]*)$/u;
const PATIENCE = 120;

export class Typeahead {
  constructor(composer) {
    this.composer = composer;
    this.text = composer.querySelector("textarea");
    this.box = composer.querySelector(".typeahead");
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", (event) => this.choose(event.target.closest("[data-text]")));
    this.text.addEventListener("blur", () => this.close());
  }

  get options() {
    return [...this.box.querySelectorAll("[data-text]")];
  }

  look() {
    clearTimeout(this.timer);
    const found = TRIGGER.exec(this.text.value.slice(0, this.text.selectionEnd));
    const source = found && { "/": "shortcuts", "@": this.composer.kind === "note" && "colleagues" }[found[2]];
    if (!source) return this.close();
    this.from = this.text.selectionEnd - found[3].length - 1;
    this.timer = setTimeout(() => this.ask(source, found[3]), PATIENCE);
  }

  async ask(source, query) {
    this.question = `${this.composer.getAttribute(source)}?q=${encodeURIComponent(query)}`;
    const question = this.question;
    const answer = await fetch(question).catch(() => null);
    if (!answer?.ok || question !== this.question || !this.box.isConnected) return;
    this.box.innerHTML = await answer.text();
    this.box.hidden = false;
    this.mark(0);
  }

  mark(index) {
    const all = this.options;
    if (!all.length) return this.text.removeAttribute("aria-activedescendant");
    this.at = (index + all.length) % all.length;
    all.forEach((option, each) => option.setAttribute("aria-selected", String(each === this.at)));
    all[this.at].scrollIntoView({ block: "nearest" });
    this.text.setAttribute("aria-activedescendant", all[this.at].id);
  }

  /** True where the key was meant for the list. */
  onKey(event) {
    if (this.box.hidden) return false;
    const does = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.choose(this.options[this.at]),
      Tab: () => this.choose(this.options[this.at]),
      Escape: () => this.close(),
    }[event.key];
    if (!does || event.ctrlKey || event.metaKey) return false;
    if (event.key !== "Escape" && !this.options.length) return false;
    event.preventDefault();
    event.stopPropagation();
    does();
    return true;
  }

  choose(option) {
    if (!option) return;
    this.close();
    this.composer.insert(option.dataset.text, this.from);
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.question = "";
    this.box.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}
