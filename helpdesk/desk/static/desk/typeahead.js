// The list above the composer: after "/" canned answers and macros, after "#" articles, in a note after "@" colleagues.
// The server finds and fills them in; arrows choose, Enter or Tab takes, Escape closes.
import { StagedMacros } from "./staged-macros.js";

const TRIGGER = /(^|\s)([/@#])([\p{L}\p{N}_.-]*)$/u;
const PATIENCE = 120;

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether a word of its name begins so. */
const isNamed = (option, query) => plain(` ${option.querySelector(".typeahead-name, bdi").textContent}`).replace("/", "").includes(` ${plain(query)}`);

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
    if (source !== this.source) this.close();
    this.source = source;
    if (!source) return;
    this.from = this.text.selectionEnd - found[3].length - 1;
    this.narrow(found[3]);
    this.timer = setTimeout(() => this.ask(source, found[3]), PATIENCE);
  }

  /** What stands there answers fewer letters: until the server knows these, Enter takes the first that they name, or nothing. */
  narrow(query) {
    this.question = "";
    this.at = this.options.findIndex((option) => isNamed(option, query));
    this.showMark();
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
    const { length } = this.options;
    this.at = length ? (index + length) % length : -1;
    this.showMark();
  }

  showMark() {
    const marked = this.options[this.at];
    for (const option of this.options) option.setAttribute("aria-selected", String(option === marked));
    marked?.scrollIntoView({ block: "nearest" });
    if (marked && !this.box.hidden) this.text.setAttribute("aria-activedescendant", marked.id);
    else this.text.removeAttribute("aria-activedescendant");
  }

  /** True where the key was meant for the list. */
  onKey(event) {
    if (this.box.hidden) return false;
    const marked = this.options[this.at];
    const take = marked && (() => marked.click());
    const move = (index) => this.options.length && (() => this.mark(index));
    const does = { ArrowDown: move(this.at + 1), ArrowUp: move(Math.max(this.at, 0) - 1), Enter: take, Tab: take, Escape: () => this.close() }[event.key];
    if (!does || event.ctrlKey || event.metaKey) return false;
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
