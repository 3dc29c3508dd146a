// What the visitor wrote and the server has not confirmed. One at a time, in order, under one uuid for ever:
// sent twice it is one message. Kept over a reload, all but files.

const PATIENCE = 8_000; // for the socket's answer; then the same message goes by POST
const PAUSE = 5_000;

export class Outbox extends EventTarget {
  waiting = [];

  constructor(server, live, extras) {
    super();
    this.server = server;
    this.live = live;
    this.extras = extras; // () -> what goes with every message: page, name, email
    live.addEventListener("ack", ({ detail }) => this.answered?.(detail));
    live.addEventListener("refused", ({ detail }) => this.answered?.(detail));
    live.addEventListener("state", ({ detail }) => detail !== "offline" && this.work());
    addEventListener("online", () => this.work());
  }

  get key() {
    return `helpdesk.outbox.${this.server.inbox}.${this.server.token.slice(0, 24)}`;
  }

  // What another visit of this page left, and what was written before the server knew us.
  restore() {
    const is_known = new Set(this.waiting.map(({ uuid }) => uuid));
    try {
      const left = JSON.parse(localStorage.getItem(this.key)) || [];
      this.waiting.unshift(...left.filter(({ uuid }) => !is_known.has(uuid)));
    } catch {}
    for (const message of this.waiting) message.refused = false;
    return this.waiting;
  }

  keep() {
    if (!this.server.token) return;
    try {
      const texts = this.waiting.filter(({ files }) => !files?.length);
      if (texts.length) localStorage.setItem(this.key, JSON.stringify(texts));
      else localStorage.removeItem(this.key);
    } catch {}
  }

  add(message) {
    this.waiting.push(message);
    this.keep();
    this.work();
  }

  remove(uuid) {
    this.waiting = this.waiting.filter((message) => message.uuid !== uuid);
    this.keep();
  }

  again(uuid) {
    const message = this.waiting.find((one) => one.uuid === uuid);
    if (message) message.refused = false;
    this.work();
  }

  async work() {
    clearTimeout(this.later);
    if (this.is_working || !this.server.token) return;
    this.is_working = true;
    let message;
    while ((message = this.waiting.find(({ refused }) => !refused))) {
      try {
        const stored = await this.send(message);
        this.remove(message.uuid);
        this.tell("stored", { uuid: message.uuid, ...stored });
      } catch (error) {
        const is_final = error.status >= 400 && error.status < 500 && error.status !== 429;
        if (is_final) {
          message.refused = true;
          this.tell("refused", { uuid: message.uuid, reason: error.message, fields: error.fields, form: error.form });
          continue;
        }
        if (error.status === 429) this.tell("slowed", { reason: error.message });
        this.later = setTimeout(() => this.work(), PAUSE);
        break;
      }
    }
    this.is_working = false;
  }

  // -> {id, ...}: by the socket where it is open, else, and with files or answers to a form, by POST.
  async send({ uuid, text, files, answers }) {
    const frame = { uuid, text, ...this.extras(), ...(answers ? { answers: JSON.stringify(answers) } : {}) };
    if (!files?.length && !answers && this.live.state === "live" && this.live.send({ type: "message", ...frame })) {
      const answer = await this.answer_for(uuid);
      if (answer?.type === "ack") return { id: answer.id };
      // What is to be answered before, only the POST says.
      if (answer && answer.code !== "wrong_answers") throw Object.assign(new Error(answer.reason), { status: answer.code === "too_many" ? 429 : 400 });
    }
    if (!files?.length) return this.server.ask("/widget/api/messages/", { json: frame });
    const form = new FormData();
    for (const [name, value] of Object.entries(frame)) form.set(name, value);
    for (const file of files) form.append("files", file, file.name);
    return this.server.ask("/widget/api/messages/", { form });
  }

  answer_for(uuid) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE);
      this.answered = (answer) => {
        if (answer.uuid !== uuid) return;
        clearTimeout(timer);
        resolve(answer);
      };
    });
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
