// <reply-composer>: keeps the draft in this browser, sends by Ctrl or Cmd and Enter, takes files by
// paste and drop, and tells others that somebody types. Works as a plain form without it.
import { showFiles, takeFiles } from "./chosen-files.js";
import { showNotSent } from "./failures.js";
import { Typeahead } from "./typeahead.js";

const SAVE_AFTER = 300;
const TYPING_EVERY = 3000;

// What was typed, and as what, while the last message was still on its way: the next composer of the same ticket
// begins with it, and sends it where that was asked for (`then`: with which button).
const NOTHING = { ticket: "", text: "", kind: "", then: "" };
let meanwhile = NOTHING;

const readDraft = (key) => JSON.parse(localStorage.getItem(key) ?? "null");

class ReplyComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.typeahead = new Typeahead(this);
    this.plainHint = this.text.placeholder;
    for (const name of ["input", "keydown", "change", "paste", "dragover", "dragleave", "drop", "htmx:beforeRequest", "htmx:afterRequest"]) {
      this.addEventListener(name, this);
    }
    document.addEventListener("click", this);
    window.addEventListener("pagehide", this);
    if (this.hasAttribute("data-written")) this.startAnew();
    else this.restore();
    this.showHint();
  }

  disconnectedCallback() {
    document.removeEventListener("click", this);
    window.removeEventListener("pagehide", this);
    clearTimeout(this.saveTimer);
    if (this.sent === undefined) this.save();
    else if (meanwhile.ticket === this.ticket) this.putAside();
  }

  handleEvent(event) {
    if (event.type === "keydown") this.onKey(event);
    else if (event.type === "input" && event.target === this.text) this.onWriting();
    else if (event.type === "change") this.onChange(event);
    else if (event.type === "click") this.onInsert(event);
    else if (event.type === "htmx:beforeRequest") this.onSending(event);
    else if (event.type === "htmx:afterRequest") this.onAnswer(event);
    else if (event.type === "pagehide") this.onLeaving();
    else takeFiles(this, event);
  }

  get ticket() {
    return this.getAttribute("ticket");
  }

  get draftKey() {
    return this.draftKeyOf(this.ticket);
  }

  draftKeyOf(ticket) {
    return `draft:${this.getAttribute("user")}:${ticket}`;
  }

  get kind() {
    return this.form.elements.kind.value;
  }

  startAnew() {
    const { text, kind, then } = this.takeMeanwhile();
    this.text.value = text;
    if (kind) this.form.elements.kind.value = kind;
    this.save();
    if (then) queueMicrotask(() => this.send(then));
    else if (text) queueMicrotask(() => this.typeahead.look());
  }

  takeMeanwhile() {
    if (meanwhile.ticket !== this.ticket) return NOTHING;
    const taken = meanwhile;
    meanwhile = NOTHING;
    return taken;
  }

  /** The agent went to another ticket while this one's message was on its way: what they had begun is a draft here. */
  putAside() {
    const { text, kind } = this.takeMeanwhile();
    if (text) this.keep(text, kind);
  }

  keep(text, kind = this.kind) {
    localStorage.setItem(this.draftKey, JSON.stringify({ text, kind }));
  }

  /** The box is free for the next message at once; the text comes back where the server refuses it. */
  onSending(event) {
    if (event.target !== this.form) return;
    this.sent = this.text.value;
    this.text.value = "";
    this.remember();
  }

  /** Not stored: the text is there again, in the composer the server drew, in this one, or as a draft. */
  onAnswer({ target, detail: { xhr } }) {
    if (target !== this.form || (xhr.status >= 200 && xhr.status < 300)) return;
    const open = document.querySelector(`reply-composer[ticket="${this.ticket}"]`);
    if (open?.text.value.includes(this.sent)) return;
    if (open) return open.bringBack(this.sent);
    const later = readDraft(this.draftKey)?.text;
    this.keep([this.sent, later].filter(Boolean).join("\n"));
    showNotSent(this.ticket, xhr);
  }

  bringBack(text) {
    this.text.value = [text, this.sent === undefined ? this.text.value : this.takeMeanwhile().text].filter(Boolean).join("\n");
    this.sent = undefined;
    this.save();
  }

  restore() {
    this.bringOver();
    const draft = readDraft(this.draftKey);
    this.text.value = [this.text.value, this.takeMeanwhile().text].filter(Boolean).join("\n");
    if (!draft || this.text.value) return;
    this.text.value = draft.text;
    this.form.elements.kind.value = draft.kind;
  }

  /** What was begun on a ticket that is part of this one now goes on here; a note stays one. */
  bringOver() {
    const key = this.draftKeyOf(this.getAttribute("merged"));
    const begun = readDraft(key);
    if (!begun) return;
    const own = readDraft(this.draftKey);
    const text = [own?.text, begun.text].filter(Boolean).join("\n\n");
    const kind = [own?.kind, begun.kind].includes("note") ? "note" : "reply";
    localStorage.setItem(this.draftKey, JSON.stringify({ text, kind }));
    localStorage.removeItem(key);
  }

  save() {
    if (this.text.value) this.keep(this.text.value);
    else localStorage.removeItem(this.draftKey);
  }

  onWriting() {
    clearTimeout(this.saveTimer);
    this.remember();
    this.saveTimer = setTimeout(() => this.save(), SAVE_AFTER);
    this.typeahead.look();
    if (this.kind === "reply" && Date.now() - (this.saidTyping ?? 0) > TYPING_EVERY) {
      this.saidTyping = Date.now();
      this.dispatchEvent(new CustomEvent("desk:typing", { bubbles: true }));
    }
  }

  /** Nobody will hear whether what is on its way arrives: it stays a draft. */
  onLeaving() {
    if (this.sent === undefined) this.save();
    else this.keep([this.sent, this.text.value].filter(Boolean).join("\n"));
  }

  remember(then = "") {
    if (this.sent !== undefined) meanwhile = { ticket: this.ticket, text: this.text.value, kind: this.kind, then };
  }

  onChange(event) {
    if (event.target.name === "kind") {
      this.remember();
      this.showHint();
      this.save();
      this.text.focus();
    }
    if (event.target.name === "files") showFiles(this);
  }

  showHint() {
    this.text.placeholder = this.kind === "note" ? this.text.dataset.notePlaceholder : this.plainHint;
  }

  /** Never while an input method composes: there Enter chooses a word. */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229 || this.typeahead.onKey(event)) return;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const then = event.shiftKey && this.kind === "reply" ? "[name=then]" : ":not([name=then])";
    if (this.sent === undefined) this.send(then);
    else this.remember(then);
  }

  send(then) {
    const button = [...this.querySelectorAll(`button.send${then}`)].find((each) => each.checkVisibility());
    if (button) this.form.requestSubmit(button);
  }

  /** An article chosen beside the conversation goes in where the caret stands. */
  onInsert(event) {
    const { insertUrl, insertTitle } = event.target.closest("[data-insert-url]")?.dataset ?? {};
    if (insertUrl) this.insert(`${insertTitle}: ${insertUrl} `);
  }

  insert(words, from = this.text.selectionStart) {
    this.text.focus();
    this.text.setRangeText(words, from, this.text.selectionEnd, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("reply-composer", ReplyComposer);
