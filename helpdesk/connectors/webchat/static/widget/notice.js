// What stands below the messages: nobody is there, the place in the queue, other ways than waiting.

const ASK_AGAIN = 15_000;
const ASK_ANSWERED = 300_000; // for who is talking with somebody, hardly anything changes

export class Notice {
  standing = {};

  constructor(server, thread) {
    this.server = server;
    this.thread = thread;
    this.place = document.querySelector("[data-notice]");
    this.place.addEventListener("submit", (event) => this.choose(event));
    this.place.addEventListener("toggle", ({ target }) => target.scrollIntoView({ block: "nearest" }), true);
    addEventListener("visibilitychange", () => document.hidden || !this.standing.notice || this.ask());
  }

  show(standing) {
    this.standing = standing;
    this.asked_at = Date.now();
    this.draw(standing.notice);
    this.thread.know(standing);
    clearTimeout(this.next);
    if (standing.waits && !document.hidden) this.next = setTimeout(() => this.ask(), ASK_AGAIN);
  }

  // The visitor wrote: where they stand is another place now, unless somebody talks with them.
  ask_if_new() {
    if (!this.standing.is_answered || Date.now() - this.asked_at > ASK_ANSWERED) this.ask();
  }

  async ask() {
    clearTimeout(this.next);
    try {
      this.show(await this.server.ask("/widget/api/standing/"));
    } catch {
      this.next = setTimeout(() => this.ask(), ASK_AGAIN);
    }
  }

  draw(html) {
    if (html === this.drawn) return;
    this.drawn = html;
    const fresh = document.createElement("div");
    fresh.innerHTML = html; // from our server, escaped there
    for (const time of fresh.querySelectorAll("[data-back]")) time.textContent = this.words_for(new Date(time.dateTime));
    const lines = this.place.querySelector("p");
    const is_in_use = this.place.querySelector("details[open]") && fresh.querySelector("details");
    if (is_in_use) lines.replaceWith(fresh.querySelector("p")); // never under the pen of the one who writes
    else this.place.replaceChildren(...fresh.childNodes);
    this.place.hidden = !html;
    if (this.thread.follows !== false) this.thread.to_end();
  }

  // In the visitor's own time: today without the day, this week by its name.
  words_for(moment) {
    const days = (moment.setSeconds(0) - Date.now()) / 86_400_000;
    const day = days > 6 ? { weekday: "long", day: "numeric", month: "long" } : { weekday: "long" };
    const is_today = moment.toDateString() === new Date().toDateString();
    return moment.toLocaleString(this.thread.lang, { ...(is_today ? {} : day), hour: "numeric", minute: "2-digit" });
  }

  async choose(event) {
    event.preventDefault();
    const form = event.target;
    const json = { ...Object.fromEntries(new FormData(form)), choice: event.submitter.value };
    try {
      const standing = await this.server.ask("/widget/api/choice/", { json });
      this.place.replaceChildren();
      this.show(standing);
      this.place.focus();
    } catch (error) {
      const line = form.querySelector("[data-wrong]");
      if (!line) return;
      line.textContent = error.message || this.thread.words.unsent;
      line.hidden = false;
      form.querySelector("input").focus();
    }
  }
}
