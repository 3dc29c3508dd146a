// The thread: bubbles drawn by the server, each in its place by id; own ones at once, before it answers.

import { Refusal } from "./server.js";

const TYPING = 6_000; // how long "is typing" stands without being said again

export class Thread {
  last_team_id = 0;
  read = 0;
  thumb = "";

  constructor(server, words, told) {
    this.server = server;
    this.words = words;
    this.told = told; // a new message of the team, to say aloud
    this.log = document.querySelector(".thread");
    this.list = this.log.querySelector("[data-messages]");
    this.typing_line = this.log.querySelector("[data-typing]");
    this.earlier_button = this.log.querySelector("[data-earlier]");
    this.earlier_button.addEventListener("click", () => this.show_earlier());
    this.list.addEventListener("change", (event) => this.rate(event.target.closest("[data-survey]"), event));
    this.list.addEventListener("submit", (event) => this.rate(event.target.closest("[data-survey]"), event));
    this.list.addEventListener("click", ({ target }) => this.give_thumb(target.closest("[data-thumb]")));
    this.list.addEventListener("load", () => this.follows && this.to_end(), true); // pictures grow
    this.log.addEventListener("scroll", () => (this.follows = this.is_at_end()), { passive: true });
    const ours = document.documentElement.lang;
    const lang = navigator.languages.find((one) => one.slice(0, 2) === ours.slice(0, 2)) || ours; // en-GB has its own clock
    this.lang = lang;
    this.clock = new Intl.DateTimeFormat(lang, { timeStyle: "short" });
    this.day = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long" });
    this.relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  }

  begin({ messages, has_more }) {
    this.list.replaceChildren();
    this.read = 0;
    for (const message of messages) this.put(message, { is_new: false });
    this.earlier_button.hidden = !has_more;
    this.to_end();
  }

  // Put a drawn message where it belongs: over its earlier drawing, over the own bubble it confirms, or at the end.
  put({ id, uuid, html, mine }, { is_new = true } = {}) {
    const bubble = this.drawn(html);
    const old = this.find(`[data-message="${id}"]`) || (uuid && this.find(`[data-uuid="${uuid}"]`));
    const follows = this.follows !== false;
    if (old) {
      const draft = old.querySelector("textarea");
      if (draft && draft === document.activeElement) return; // never under the pen of the one who writes
      old.replaceWith(bubble);
    } else {
      const next = [...this.list.querySelectorAll("[data-message]")].find((one) => Number(one.dataset.message) > id);
      next ? next.before(bubble) : this.list.append(bubble);
      if (is_new && !mine) {
        this.show_typing(null);
        bubble.matches(".message--line") || this.told(bubble);
      }
    }
    if (!mine) this.last_team_id = Math.max(this.last_team_id, id);
    this.separate_days();
    this.mark();
    if (follows) this.to_end();
  }

  // `read`: up to this message the team has read; `thumb`: what was given.
  know({ read = this.read, thumb = this.thumb }) {
    this.read = Math.max(read, this.read);
    this.thumb = thumb;
    this.mark();
  }

  // What stands under single bubbles: whether the last own one was read, and thumbs under a teammate's last answer.
  mark() {
    this.find(".read")?.remove();
    const last = [...this.list.querySelectorAll("[data-message]")].at(-1);
    if (last?.matches(".message--mine") && last.dataset.message <= this.read) {
      last.querySelector(".message-foot").append(document.querySelector("#t-read").content.cloneNode(true));
    }
    const answer = [...this.list.querySelectorAll("[data-agent]")].at(-1);
    let thumbs = this.find(".thumbs");
    if (answer && !answer.contains(thumbs)) {
      thumbs ??= document.querySelector("#t-thumbs").content.firstElementChild.cloneNode(true);
      answer.querySelector(".message-foot").append(thumbs);
    }
    for (const button of thumbs?.querySelectorAll("button") || []) {
      button.setAttribute("aria-pressed", button.dataset.thumb === this.thumb);
    }
  }

  async give_thumb(button) {
    if (!button) return;
    const { thumb } = button.dataset;
    const said = document.querySelector("[data-said]");
    try {
      this.know(await this.server.ask("/widget/api/thumb/", { json: { thumb } }));
      said.textContent = this.words.thanks;
    } catch (error) {
      said.textContent = error.message || this.words.unsent;
    }
  }

  drawn(html) {
    const template = document.createElement("template");
    template.innerHTML = html; // from our server, escaped there; scripts are off by the page's policy
    const bubble = template.content.firstElementChild;
    const time = bubble.querySelector("time");
    time.textContent = this.clock.format(new Date(time.dateTime));
    time.title = new Date(time.dateTime).toLocaleString(this.clock.resolvedOptions().locale);
    return bubble;
  }

  put_own({ uuid, text, files }) {
    const bubble = document.querySelector("#t-mine").content.firstElementChild.cloneNode(true);
    bubble.dataset.uuid = uuid;
    bubble.dataset.at = new Date().toISOString();
    const names = (files || []).map(({ name }) => name);
    bubble.querySelector(".bubble").textContent = [text, ...names].filter(Boolean).join("\n");
    this.list.append(bubble);
    this.separate_days();
    this.to_end();
  }

  confirm({ uuid, id }) {
    const bubble = this.find(`[data-uuid="${uuid}"]`);
    if (!bubble?.classList.contains("is-waiting")) return;
    bubble.classList.remove("is-waiting");
    bubble.dataset.message = id;
    bubble.querySelector(".message-foot").textContent = this.clock.format(new Date(bubble.dataset.at));
    this.mark();
  }

  refuse({ uuid, reason }) {
    const bubble = this.find(`[data-uuid="${uuid}"]`);
    if (!bubble) return;
    bubble.classList.add("is-failed");
    bubble.querySelector("[data-waiting]").hidden = true;
    bubble.querySelector("[data-failed]").hidden = false;
    bubble.querySelector("[data-reason]").textContent = reason || this.words.unsent;
  }

  wait_again(bubble) {
    bubble.classList.remove("is-failed");
    bubble.querySelector("[data-waiting]").hidden = false;
    bubble.querySelector("[data-failed]").hidden = true;
  }

  async show_earlier() {
    const first = this.find("[data-message]");
    if (!first) return;
    this.earlier_button.disabled = true;
    try {
      const query = { before: first.dataset.message };
      const { messages, has_more } = await this.server.ask("/widget/api/earlier/", { query });
      const height = this.log.scrollHeight;
      first.before(...messages.map(({ html }) => this.drawn(html)));
      this.earlier_button.hidden = !has_more;
      this.separate_days();
      this.log.scrollTop += this.log.scrollHeight - height;
    } finally {
      this.earlier_button.disabled = false;
    }
  }

  // A face was chosen, or the comment sent: both keep the rating; the server draws the survey anew.
  async rate(form, event) {
    if (!form || (event.type === "change" && event.target.name !== "score")) return;
    event.preventDefault();
    const { message, score, comment } = Object.fromEntries(new FormData(form));
    const had_focus = form.contains(document.activeElement);
    try {
      const drawn = await this.server.ask("/widget/api/rating/", { json: { message, score, comment } });
      document.activeElement?.blur();
      this.put(drawn, { is_new: false });
      const fresh = this.find(`[data-message="${message}"]`);
      const next = event.type === "change" ? "textarea" : "input:checked";
      if (had_focus) fresh.querySelector(next)?.focus({ preventScroll: event.type !== "change" });
      fresh.scrollIntoView({ block: "nearest" });
    } catch (error) {
      const line = form.querySelector(".survey-foot .muted") || form.querySelector("legend");
      line.textContent = (error instanceof Refusal && error.message) || this.words.unsent;
    }
  }

  show_typing(name) {
    clearTimeout(this.typing_timer);
    this.typing_line.hidden = !name;
    if (!name) return;
    this.typing_line.querySelector("[data-typing-words]").textContent = this.words.typing.replace("NAME", name);
    if (this.follows !== false) this.to_end();
    this.typing_timer = setTimeout(() => this.show_typing(null), TYPING);
  }

  separate_days() {
    for (const line of this.list.querySelectorAll(".day")) line.remove();
    let last = "";
    for (const bubble of this.list.querySelectorAll(".message")) {
      const day = new Date(bubble.dataset.at);
      if (day.toDateString() === last) continue;
      last = day.toDateString();
      const line = document.querySelector("#t-day").content.firstElementChild.cloneNode(true);
      line.firstElementChild.textContent = this.day_words(day);
      bubble.before(line);
    }
  }

  day_words(day) {
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86_400_000);
    const words = days < 2 ? this.relative.format(-days, "day") : this.day.format(day);
    return words.charAt(0).toLocaleUpperCase() + words.slice(1);
  }

  find(selector) {
    return this.list.querySelector(selector);
  }

  is_at_end() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
  }

  to_end() {
    this.log.scrollTop = this.log.scrollHeight;
    this.follows = true;
  }
}
