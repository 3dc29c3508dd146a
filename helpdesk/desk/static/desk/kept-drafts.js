// What is begun on a ticket: an answer and a note, each kept in this browser at once and on the server after a pause.
// Where both have it the newer one is taken; what is in the box is never replaced.

const HERE_AFTER = 300;
const THERE_AFTER = 1000;
const NONE = { text: "", at: 0, base: "", isSaved: true };

// When the page, or the part of it that was drawn last, was asked for: it says nothing of what was stored since.
let askedAt = Date.now() - performance.now();
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => (xhr.askedAt = Date.now()));
document.addEventListener("htmx:beforeSwap", ({ detail: { xhr } }) => (askedAt = xhr.askedAt));
document.addEventListener("htmx:historyCacheMiss", () => (askedAt = Date.now()));

/** Of each kind: its text, when it was typed (`at`), the server's version it came from (`base`), whether (and since when) it
 * is there, and whether the server may have some of it without our knowing (`isTold`). */
const read = (key) => JSON.parse(localStorage.getItem(key) ?? "{}");

/** Of this browser's saves, whichever of its tabs and pages they come from, the last one counts, however they travel. */
function nextTurn(id) {
  const { browser = id, turn = 0 } = JSON.parse(localStorage.getItem("desk:saves") ?? "{}");
  const next = { browser, turn: turn + 1 };
  localStorage.setItem("desk:saves", JSON.stringify(next));
  return next;
}

export const joined = (...texts) => texts.filter(Boolean).join("\n");

export class KeptDrafts {
  constructor(composer) {
    this.composer = composer;
    this.key = `draft:${composer.getAttribute("user")}:${composer.ticket}`;
    this.all = read(this.key);
    this.bringOver(`draft:${composer.getAttribute("user")}:${composer.getAttribute("merged")}`);
    const there = JSON.parse(composer.getAttribute("drafts") || "{}");
    this.from = {};
    for (const kind of ["reply", "note"]) this.compare(kind, there[kind]);
  }

  compare(kind, there) {
    const here = this.all[kind];
    if (!there) {
      if (here?.isSaved && !(here.storedAt > askedAt)) delete this.all[kind];
      return;
    }
    const isKnown = here && there.at <= here.base;
    if (isKnown || (here && !here.isSaved && here.at > Date.parse(there.at))) return;
    if (here && !here.isSaved && here.text && here.text !== there.text) this.other = { kind, text: here.text };
    this.all[kind] = { text: there.text, at: Date.parse(there.at), base: there.at, isSaved: true };
    this.from[kind] = there;
  }

  /** What was begun on a ticket that is part of this one now goes on here; what the server had of it has come already. */
  bringOver(key) {
    const begun = read(key);
    for (const kind of ["reply", "note"]) {
      if (begun[kind]?.text && !begun[kind].isSaved) this.put([this.text(kind), begun[kind].text].filter(Boolean).join("\n\n"), kind);
    }
    if (begun.kind) this.all.kind = begun.kind;
    localStorage.removeItem(key);
  }

  text(kind) {
    return this.all[kind]?.text ?? "";
  }

  /** As what the box should open: as it was left, or as what there is. */
  get kind() {
    const kinds = [this.all.kind, "reply", "note"];
    return kinds.find((kind) => this.text(kind)) ?? "reply";
  }

  put(text, kind) {
    if (text !== this.text(kind)) this.all[kind] = { ...NONE, ...this.all[kind], text, at: Date.now(), isSaved: false };
    this.all.kind = kind;
  }

  /** Somebody types: written down here and there once they pause. */
  note(text, kind) {
    this.put(text, kind);
    this.stop();
    this.hereTimer = setTimeout(() => this.keepHere(), HERE_AFTER);
    // One after the other, so that the last one typed is the last one stored.
    this.thereTimer = setTimeout(() => (this.saving = Promise.resolve(this.saving).then(() => this.keepThere(kind))), THERE_AFTER);
  }

  keepHere() {
    const { kind, ...drafts } = this.all;
    if (Object.values(drafts).some(({ text, base, isTold }) => text || base || isTold)) localStorage.setItem(this.key, JSON.stringify(this.all));
    else localStorage.removeItem(this.key);
  }

  /** Now, since somebody leaves. */
  keep(text, kind) {
    this.put(text, kind);
    this.stop();
    this.keepThere(kind);
    this.keepHere();
  }

  stop() {
    clearTimeout(this.hereTimer);
    clearTimeout(this.thereTimer);
  }

  async keepThere(kind) {
    const draft = this.all[kind];
    if (!draft || draft.isSaved || (!draft.text && !draft.base && !draft.isTold)) return;
    const { text } = draft;
    draft.isTold = true;
    const form = this.composer.form;
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "client_uuid"]) body.set(name, form.elements[name].value);
    for (const [name, value] of Object.entries(nextTurn(form.elements.client_uuid.value))) body.set(name, value);
    body.set("kind", kind);
    body.set("text", text);
    // What is longer than a closing page may send stays here until the ticket is opened again.
    const answer = await fetch(this.composer.getAttribute("draft"), { method: "POST", body, keepalive: text.length < 20000 }).catch(() => null);
    if (!answer?.ok) return;
    const { at } = await answer.json();
    const stored = { base: at, isSaved: true, isTold: false, storedAt: at && Date.now() }; // without `at` there is none: its message was sent
    const now = read(this.key)[kind];
    if (this.all[kind]?.text === text) this.all[kind] = { ...this.all[kind], ...stored };
    if (now?.text === text) localStorage.setItem(this.key, JSON.stringify({ ...read(this.key), [kind]: { ...now, ...stored } }));
  }

  /** Its message is on its way, and what comes of it will be told: kept here alone. */
  onItsWay(text, kind) {
    this.stop();
    this.put(text, kind);
    this.keepHere();
  }

  /** It was sent: neither an older page of this ticket nor what was kept of it with the words behind it brings it back. */
  sent(text, kind) {
    this.all = read(this.key);
    if (!`${this.text(kind)}\n`.startsWith(`${text}\n`)) return;
    const rest = this.text(kind).slice(text.length + 1);
    this.all[kind] = { ...NONE, ...this.all[kind], text: rest, isSaved: !rest };
    this.keepHere();
  }
}
