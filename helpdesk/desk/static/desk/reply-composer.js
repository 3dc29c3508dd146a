// <reply-composer>: keeps the draft in this browser, sends by Ctrl or Cmd and Enter, takes files by
// paste and drop, and tells others that somebody types. Works as a plain form without it.
import { isLine, sayAnswer } from "./answer-line.js";
import { showFiles, showProgress, takeFiles } from "./chosen-files.js";
import { showNotSent } from "./failures.js";
import { joined, KeptDrafts } from "./kept-drafts.js";
import { markOf, setMark, showPreview } from "./marks.js";
import { Typeahead } from "./typeahead.js";

const TYPING_EVERY = 3000;
const LISTENED = ["input", "keydown", "change", "focusout", "paste", "dragover", "dragleave", "drop", "htmx:beforeRequest", "htmx:afterRequest", "htmx:xhr:progress"];

// What was typed, and as what, while the last message was still on its way: the next composer of the same ticket
// begins with it, and sends it where that was asked for (`then`: with which button).
const NOTHING = { ticket: "", text: "", kind: "", then: "" };
let meanwhile = NOTHING;
let onItsWay = NOTHING;

class ReplyComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.drafts = new KeptDrafts(this);
    this.typeahead = new Typeahead(this);
    this.plainHint = this.text.placeholder;
    for (const name of LISTENED) this.addEventListener(name, this);
    this.addEventListener("submit", this, true);
    document.addEventListener("click", this);
    document.addEventListener("keydown", this);
    window.addEventListener("pagehide", this);
    if (this.hasAttribute("data-written")) this.startAnew();
    else this.restore();
    this.showKind();
  }

  disconnectedCallback() {
    document.removeEventListener("click", this);
    document.removeEventListener("keydown", this);
    window.removeEventListener("pagehide", this);
    this.drafts.stop();
    if (this.sent === undefined) this.save();
    else if (meanwhile.ticket === this.ticket) this.putAside();
  }

  handleEvent(event) {
    if (event.type === "keydown") this.onKey(event);
    else if (event.type === "submit") this.onSubmit(event);
    else if (event.type === "input" && event.target === this.text) this.onWriting();
    else if (event.type === "focusout" && event.target === this.text) this.onLeaving();
    else if (event.type === "change") this.onChange(event);
    else if (event.type === "click") this.onClick(event);
    else if (event.type === "htmx:beforeRequest") event.target === this.form && this.putOnItsWay();
    else if (event.type === "htmx:afterRequest") this.onAnswer(event);
    else if (event.type === "htmx:xhr:progress") showProgress(this, event.detail);
    else if (event.type === "pagehide") this.onLeaving();
    else takeFiles(this, event);
  }

  get ticket() {
    return this.getAttribute("ticket");
  }

  get kind() {
    return this.form.elements.kind.value;
  }

  startAnew() {
    const { text, kind, then } = this.takeMeanwhile();
    if (onItsWay.ticket === this.ticket) this.drafts.sent(onItsWay.text, onItsWay.kind);
    this.text.value = text;
    if (kind) this.form.elements.kind.value = kind;
    if (kind) this.save();
    if (then) queueMicrotask(() => this.send(then));
    else if (text) queueMicrotask(() => this.typeahead.look());
  }

  takeMeanwhile() {
    if (meanwhile.ticket !== this.ticket) return NOTHING;
    const taken = meanwhile;
    meanwhile = NOTHING;
    return taken;
  }

  /** The agent went to another ticket while this one's message was on its way: what they had begun is a draft in this
   * browser; on the server the message that arrives would clear it. */
  putAside() {
    const { text, kind } = this.takeMeanwhile();
    if (text) this.drafts.onItsWay(text, kind);
  }

  /** Before htmx hears of it. */
  onSubmit(event) {
    if (event.target !== this.form || this.isByForm || !(this.isSaid || this.say(event.submitter))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether the line goes by the socket. */
  say(submitter) {
    const { files, ...fields } = Object.fromEntries(new FormData(this.form));
    this.isSaid = isLine(this, submitter) && sayAnswer(Number(this.ticket), fields, (news) => this.onSaid(fields, news));
    if (this.isSaid) this.putOnItsWay();
    return this.isSaid;
  }

  /** The line is stored, and the same box takes the next one; without news it goes by the form. */
  onSaid(fields, news) {
    this.isSaid = false;
    if (!this.isConnected) return news ? this.drafts.sent(this.sent, this.sentAs) : this.post(fields);
    if (!news) return this.sendByForm(fields);
    const { client_uuid, last_seen } = this.form.elements;
    client_uuid.value = news.next;
    last_seen.value = Math.max(last_seen.value, news.message);
    this.sent = undefined;
    document.querySelector("thread-log").putOwn(news.html);
    this.startAnew();
  }

  /** As it was when it was said; what was begun below it meanwhile stays in the box. */
  sendByForm(fields) {
    const { text, kind, then } = this.takeMeanwhile();
    const { elements } = this.form;
    for (const name of ["text", "kind", "last_seen"]) elements[name].value = fields[name];
    this.isByForm = true;
    this.form.requestSubmit();
    this.isByForm = false;
    this.text.value = text;
    if (kind) elements.kind.value = kind;
    this.remember(then);
  }

  /** The agent has gone on: there is no form any more. */
  async post(fields) {
    const options = { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" } };
    const answer = await fetch(this.form.action, options).catch(() => document.dispatchEvent(new CustomEvent("htmx:sendError")));
    this.onAnswer({ target: this.form, detail: { xhr: { status: !answer.redirected && answer.status, response: await answer.text?.() } } });
  }

  /** The box is free for the next message at once; the text comes back where the server refuses it. */
  putOnItsWay() {
    this.sent = this.text.value;
    this.sentAs = this.kind;
    onItsWay = { ticket: this.ticket, text: this.sent, kind: this.sentAs };
    this.drafts.onItsWay(this.sent, this.sentAs);
    this.saidTyping = 0;
    this.text.value = "";
    this.remember();
  }

  /** Not stored: the text is there again, in the composer the server drew, in this one, or as a draft. */
  onAnswer({ target, detail: { xhr } }) {
    if (target !== this.form) return;
    if (xhr.status >= 200 && xhr.status < 300) return this.drafts.sent(this.sent, this.sentAs);
    const open = document.querySelector(`reply-composer[ticket="${this.ticket}"]`);
    if (open?.text.value.includes(this.sent)) return;
    if (open) return open.bringBack(this.sent);
    const kept = new KeptDrafts(this);
    kept.keep(joined(this.sent, kept.text(this.sentAs) === this.sent ? "" : kept.text(this.sentAs)), this.sentAs);
    showNotSent(this.ticket, xhr);
  }

  bringBack(text) {
    this.text.value = joined(text, this.sent === undefined ? this.text.value : this.takeMeanwhile().text);
    this.sent = undefined;
    this.save();
  }

  restore() {
    this.text.value = joined(this.text.value, this.takeMeanwhile().text);
    if (this.text.value) return this.save();
    const { kind } = this.drafts;
    this.form.elements.kind.value = kind;
    this.text.value = this.drafts.text(kind);
    this.showWhence(this.drafts.from[kind]);
    this.save();
  }

  /** Where a draft was begun elsewhere; and what stood here instead can be had. */
  showWhence(from) {
    const line = this.querySelector(".composer-whence");
    if (!from || !line) return;
    line.hidden = false;
    line.querySelector("[data-device]").textContent = from.device;
    line.querySelector("relative-time").setAttribute("datetime", from.at);
    const button = line.querySelector("button");
    button.hidden = this.drafts.other?.kind !== this.kind;
    button.addEventListener("click", () => {
      [this.text.value, this.drafts.other.text] = [this.drafts.other.text, this.text.value];
      this.save();
    });
  }

  save() {
    this.drafts.keep(this.text.value, this.kind);
  }

  onWriting() {
    this.remember();
    if (this.sent === undefined) this.drafts.note(this.text.value, this.kind);
    this.typeahead.look();
    if (Date.now() - (this.saidTyping ?? 0) > TYPING_EVERY) {
      this.saidTyping = Date.now();
      this.dispatchEvent(new CustomEvent("desk:typing", { bubbles: true, detail: { note: this.kind === "note" } }));
    }
  }

  /** Nobody will hear whether what is on its way arrives: it stays a draft. */
  onLeaving() {
    if (this.sent === undefined) this.save();
    else this.drafts.onItsWay(joined(this.sent, this.text.value), this.sentAs);
  }

  remember(then = "") {
    if (this.sent !== undefined) meanwhile = { ticket: this.ticket, text: this.text.value, kind: this.kind, then };
  }

  onChange(event) {
    if (event.target.name === "kind") this.onKind();
    if (event.target.name === "files") showFiles(this);
  }

  /** An answer and a note are two texts: nothing that was meant for the team goes to a customer with a slip of the hand. */
  onKind() {
    const other = this.kind === "note" ? "reply" : "note";
    if (this.sent === undefined) {
      this.drafts.keep(this.text.value, other);
      this.text.value = this.drafts.text(this.kind);
    }
    this.remember();
    this.saidTyping = 0;
    this.showKind();
    this.text.focus();
  }

  showKind() {
    this.text.placeholder = this.kind === "note" ? this.text.dataset.notePlaceholder : this.plainHint;
    for (const radio of this.form.elements.kind) {
      radio.labels[0].classList.toggle("has-draft", radio.value !== this.kind && Boolean(this.drafts.text(radio.value)));
    }
  }

  /** Never while an input method composes: there Enter chooses a word. */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const nth = event.altKey && !event.ctrlKey && /^Digit([123])$/.exec(event.code)?.[1];
    if (event.currentTarget === document) return nth && this.insertSuggested(event, nth - 1);
    if (event.target !== this.text || this.typeahead.onKey(event)) return;
    const mark = markOf(event, this.text);
    if (mark) {
      event.preventDefault();
      return setMark(this.text, mark);
    }
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

  onClick({ target }) {
    const inserter = target.closest("[data-insert-url], [data-insert-text]");
    const button = target.closest("button[data-mark], button[data-preview]");
    if (inserter) this.insertFrom(inserter.dataset);
    if (!button || !this.contains(button)) return;
    if (button.dataset.mark) setMark(this.text, button.dataset.mark);
    else showPreview(this, button);
  }

  insertSuggested(event, nth) {
    const button = document.querySelectorAll("#article-suggestions [data-insert-url]")[nth];
    if (!button || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    button.click();
  }

  /** An article or an answer chosen beside the conversation goes in where the caret stands; that it did is told. */
  insertFrom({ insertUrl, insertTitle, insertText, article, language, from }) {
    this.insert(insertUrl ? `${insertTitle}: ${insertUrl} ` : insertText);
    this.tellInserted({ article, language, from });
  }

  tellInserted(what) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries(what)) if (value) body.set(name, value);
    fetch(this.getAttribute("inserted"), { method: "POST", body, keepalive: true }).catch(() => {});
  }

  insert(words, from = this.text.selectionStart) {
    this.text.focus();
    this.text.setRangeText(words, from, this.text.selectionEnd, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("reply-composer", ReplyComposer);
