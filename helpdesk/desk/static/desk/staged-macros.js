// What was taken from the list of shortcuts, below the text: the blanks that nothing is known for, and the steps that are
// done with sending. Of the answer and of the note each its own; kept in this browser as the text is.

export class StagedMacros {
  constructor(composer) {
    this.composer = composer;
    this.text = composer.querySelector("textarea");
    this.list = composer.querySelector(".composer-staged");
    this.key = `macros:${composer.getAttribute("user")}:${composer.getAttribute("ticket")}`;
    this.list.addEventListener("click", (event) => this.press(event.target.closest("button")?.closest("li")));
    composer.addEventListener("htmx:beforeRequest", ({ target }) => target.matches("form") && this.send());
    composer.addEventListener("htmx:afterRequest", ({ target, detail }) => target.matches("form") && !detail.successful && this.bringBack());
    queueMicrotask(() => this.restore());
  }

  of(kind) {
    return [...this.list.querySelectorAll(`[data-for=${kind}]`)];
  }

  ids(kind) {
    return [...new Set(this.of(kind).map((item) => item.dataset.macro).filter(Boolean))];
  }

  /** What the server drew is there already; what was chosen before a reload is asked for, as long as there is a text. */
  async restore() {
    this.tidy();
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "{}");
    for (const kind of ["reply", "note"]) {
      const isWanted = kept[kind]?.length && !this.of(kind).length && (kind !== this.composer.kind || this.text.value);
      const answer = isWanted && (await fetch(`${this.composer.getAttribute("shortcuts")}?staged=${kept[kind]}&kind=${kind}`).catch(() => null));
      if (answer?.ok) this.list.insertAdjacentHTML("beforeend", await answer.text());
    }
    this.tidy();
    this.save();
  }

  save() {
    const kept = { reply: this.ids("reply"), note: this.ids("note") };
    if (kept.reply.length || kept.note.length) localStorage.setItem(this.key, JSON.stringify(kept));
    else localStorage.removeItem(this.key);
  }

  /** `content` is of a template: the items of one shortcut. */
  add(content) {
    const { kind } = this.composer;
    if (this.ids(kind).includes(content.firstElementChild.dataset.macro)) return;
    for (const item of content.children) item.dataset.for = kind;
    for (const input of content.querySelectorAll("input")) input.name = `macro_${kind}`;
    this.list.append(content);
    this.save();
  }

  showBlank() {
    this.press(this.of(this.composer.kind).find(({ dataset }) => dataset.blank));
  }

  /** A blank leads to where it stands in the text; steps are left out. */
  press(item) {
    const { blank } = item?.dataset ?? {};
    if (!blank) {
      item?.remove();
      return this.save();
    }
    const at = this.text.value.indexOf(blank);
    this.text.focus();
    this.text.setSelectionRange(at, at + blank.length);
  }

  tidy() {
    for (const item of this.of(this.composer.kind)) if (item.dataset.blank && !this.text.value.includes(item.dataset.blank)) item.remove();
  }

  /** They are on their way: what is chosen from now on belongs to the next message. */
  send() {
    this.sent = this.of(this.composer.kind);
    for (const item of this.sent) item.remove();
    this.save();
  }

  bringBack() {
    if (!this.list.isConnected) return;
    this.list.prepend(...(this.sent ?? []));
    this.save();
  }
}
