// <thread-log>: the conversation. Puts every bubble and line in its place once, whether it came with a
// reply, over the socket or by asking; keeps the reader's place; tells the server what was seen.

const TYPING = 6000;
const SEEN_AT_MOST_EVERY = 1000;

/** A message drawn anew keeps its menu and its quoted text as the agent left them. */
const WHAT_IS_OPEN_STAYS_OPEN = {
  beforeAttributeUpdated: (name, element) => name !== "open" || !(element instanceof HTMLDetailsElement),
};

class ThreadLog extends HTMLElement {
  connectedCallback() {
    // In the agent's time zone, as the server draws: their browser may be in another.
    this.dayNames = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "long", timeZone: this.getAttribute("zone") });
    this.body = this.querySelector(".thread-body");
    this.below = this.querySelector(".new-below");
    this.below.addEventListener("click", this);
    this.body.addEventListener("scroll", this, { passive: true });
    this.addEventListener("htmx:oobAfterSwap", this);
    document.addEventListener("htmx:oobAfterSwap", this);
    document.addEventListener("visibilitychange", this);
    this.note();
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:oobAfterSwap", this);
    document.removeEventListener("visibilitychange", this);
    clearTimeout(this.typingTimer);
  }

  handleEvent(event) {
    if (event.type === "click") this.goDown();
    else if (event.type === "scroll") this.below.hidden ||= this.isAtEnd;
    else if (event.type === "visibilitychange") this.note();
    else if (event.target.id === "fresh-entries") this.takeFresh(event.target);
  }

  /** Newest in view. The scroller is reversed, so the end is at 0. */
  get isAtEnd() {
    return Math.abs(this.body.scrollTop) < 40;
  }

  get timeline() {
    return this.querySelector("#timeline");
  }

  goDown() {
    this.body.scrollTop = 0;
    this.below.hidden = true;
  }

  takeFresh(box) {
    const template = box.querySelector("template[data-entries]");
    if (!template) return;
    this.putOwn(template.innerHTML);
    box.replaceChildren();
  }

  /** What the agent has just written is looked at, wherever they had scrolled. */
  putOwn(html) {
    this.put(html);
    this.goDown();
  }

  /** Adds or renews the entries in `html`. */
  put(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const wasAtEnd = this.isAtEnd;
    for (const entry of [...template.content.children]) {
      const known = document.getElementById(entry.id);
      if ("gone" in entry.dataset) known?.remove();
      else if (known) this.renew(known, entry);
      else this.add(entry, wasAtEnd);
    }
    this.note();
  }

  renew(known, entry) {
    Idiomorph.morph(known, entry, { morphStyle: "outerHTML", callbacks: WHAT_IS_OPEN_STAYS_OPEN });
    htmx.process(document.getElementById(entry.id)); // a button that was not there before, as "Try again"
  }

  add(entry, wasAtEnd) {
    const at = Date.parse(entry.dataset.at);
    const all = [...this.timeline.querySelectorAll(":scope > [data-at]")];
    const previous = all.findLast((each) => Date.parse(each.dataset.at) <= at);
    entry.classList.add("is-fresh");
    if (previous) previous.after(entry);
    else this.timeline.append(entry);
    const day = this.dayNames.format(at);
    if (!previous || this.dayNames.format(Date.parse(previous.dataset.at)) !== day) entry.before(this.dayMark(day));
    htmx.process(entry);
    if (entry.dataset.message) this.showTyping("");
    if (wasAtEnd) this.goDown();
    else if (entry.dataset.message) this.below.hidden = false;
  }

  dayMark(day) {
    const mark = document.createElement("h3");
    mark.className = "day";
    mark.textContent = day;
    return mark;
  }

  showTyping(name) {
    const line = this.querySelector(".typing");
    clearTimeout(this.typingTimer);
    line.hidden = !name;
    line.querySelector("[data-name]").textContent = name;
    if (name) this.typingTimer = setTimeout(() => (line.hidden = true), TYPING);
  }

  /** Tells the composer and, at most once a second, the server what lies before the agent's eyes. */
  note() {
    const newest = Math.max(0, ...[...this.querySelectorAll("[data-message]")].map((each) => Number(each.dataset.message)));
    if (document.visibilityState !== "visible" || !newest) return;
    const seen = document.querySelector("#composer [name=last_seen]");
    if (!seen || newest <= Number(seen.value)) return;
    seen.value = newest;
    clearTimeout(this.lookTimer);
    this.lookTimer = setTimeout(
      () => htmx.ajax("POST", this.getAttribute("look"), { source: this, swap: "none", values: { newest } }),
      SEEN_AT_MOST_EVERY,
    );
  }
}

customElements.define("thread-log", ThreadLog);
