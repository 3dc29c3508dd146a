// The list above the composer: after "/" canned answers and macros, after "#" articles, in a note after "@" colleagues.
// The server finds and fills them in; arrows choose, Enter or Tab takes, Escape closes.
import { StagedMacros } from "./staged-macros.js";

const TRIGGER = /(^|\s)([/@#])([\p{L}\p{N}_.-]*)$/u;
const PATIENCE = 120;

export class Typeahead {
  constructor(composer) {
    this.composer = composer;
    this.text = composer.querySelector("textarea");
    this.box = composer.querySelector(".typeahead");
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", (event) => this.choose(event.target.closest("[data-text]")));
    this.text.addEventListener("blur", () => this.close());
    this.staged = new StagedMacros(composer);
  }

  get options() {
    return [...this.box.querySelectorAll("[data-text]")];
  }

  look() {
    clearTimeout(this.timer);
    this.staged.tidy();
    const found = TRIGGER.exec(this.text.value.slice(0, this.text.selectionEnd));
    // "#42" is a ticket's number.
    const source = found && { "/": "shortcuts", "@": this.composer.kind === "note" && "colleagues", "#": !/^\d+$/.test(found[3]) && "articles" }[found[2]];
    if (!source) return this.close();
    this.from = this.text.selectionEnd - found[3].length - 1;
    this.timer = setTimeout(() => this.ask(source, found[3]), PATIENCE);
  }

  async ask(source, query) {
    const address = this.composer.getAttribute(source);
    this.question = `${address}${address.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`;
    const question = this.question;
    const answer = await fetch(question).catch(() => null);
    if (!answer?.ok || question !== this.question || !this.box.isConnected) return;
    this.box.innerHTML = await answer.text();
    htmx.process(this.box);
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
      Enter: () => this.options[this.at].click(),
      Tab: () => this.options[this.at].click(),
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
    const { text, article, language } = option.dataset;
    if (article) this.composer.tellInserted({ article, language });
    const taken = option.querySelector("template")?.content.cloneNode(true);
    if (taken) this.staged.add(taken);
    this.composer.insert(text, this.from);
    this.close();
    if (taken) this.staged.showBlank();
  }

  close() {
    clearTimeout(this.timer);
    this.question = "";
    this.box.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}
