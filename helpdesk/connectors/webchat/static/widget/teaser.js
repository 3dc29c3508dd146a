// A message of the team as a card above the launcher: its rules are tried here, and whether it is shown is asked once
// more of the server. One timer at most, for the earliest moment at which a rule can come true. An answer in the chat
// that the visitor has not seen comes before all rules, as a card of the same kind.

const ANSWER = "answer"; // in place of a message's number
const LONGEST_SLEEP = 24 * 3_600; // seconds

// * stands for anything. Each part is looked for once, from left to right: no pattern can keep the browser busy.
const is_like = (value, pattern) => {
  const [first, ...parts] = pattern.split("*");
  if (!parts.length) return value === first;
  const last = parts.pop();
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
};

// The address as a whole, or without the site's name: "/checkout" is what people write.
const IS_AT = {
  contains: (value, wanted) => value.includes(wanted),
  starts: (value, wanted) => value.startsWith(wanted),
  is: (value, wanted) => value.replace(/\/$/, "") === wanted.replace(/\/$/, ""),
  like: is_like,
};

function is_at(address, op, wanted) {
  if (op === "contains_not") return !is_at(address, "contains", wanted);
  const url = address.toLowerCase();
  const spellings = [url, url.replace(/^[a-z]+:\/\/[^/]*/, ""), url.replace(/^[a-z]+:\/\/[^/]*|[?#].*$/g, "")];
  return spellings.some((one) => IS_AT[op]?.(one, wanted.toLowerCase()));
}

// How many seconds until the condition can be true, if nothing else happens: 0 for now, Infinity for never.
export function seconds_left({ field, op, value }, { url, seconds, site, scroll }) {
  if (field === "page") return is_at(url || "", op, value) ? 0 : Infinity;
  if (field === "scroll") return scroll >= Number(value) ? 0 : Infinity;
  if (field === "page_seconds") return Math.max(0, Number(value) - seconds);
  if (field === "site_seconds") return Math.max(0, Number(value) - site);
  return Infinity;
}

// The same of a whole rule, and of a group inside it; without conditions it is true at once.
export function rule_left({ any, if: conditions = [] }, place) {
  const left = conditions.map((one) => (one.if ? rule_left(one, place) : seconds_left(one, place)));
  if (!left.length) return 0;
  return any ? Math.min(...left) : Math.max(...left);
}

export class Teaser {
  rules = [];
  refused = new Set();
  answered = 0; // the last answer that the visitor has closed or opened

  constructor(watch) {
    this.watch = watch;
    this.host = watch.host;
    this.place_of_cards = document.querySelector("[data-teasers]");
    watch.addEventListener("boot", ({ detail }) => this.boot(detail));
    watch.addEventListener("here", ({ detail }) => this.take(detail));
    for (const type of ["page", "identify"]) watch.addEventListener(type, () => this.try_rules());
    this.host.addEventListener("open", () => this.shown && this.open());
    this.host.addEventListener("close", () => this.try_rules());
    this.host.addEventListener("quiet", ({ detail }) => this.turn_quiet(detail.yes));
    addEventListener("visibilitychange", () => this.try_rules());
    this.place_of_cards.addEventListener("click", ({ target }) => {
      if (target.closest("[data-close]")) this.dismiss();
      else if (target.closest("[data-open]")) this.open();
    });
    addEventListener("keydown", ({ key }) => key === "Escape" && this.shown && this.dismiss());
    new ResizeObserver(() => this.shown && this.fit()).observe(this.place_of_cards);
  }

  boot({ quiet, is_open, teased }) {
    this.answered = Number(teased) || 0;
    this.is_quiet = quiet;
    this.host.is_open = Boolean(is_open);
  }

  turn_quiet(yes) {
    this.is_quiet = yes;
    this.try_rules();
  }

  // With each answer of the server come the rules that are left for this visitor.
  take({ messages = [], site = 0, answer }) {
    this.rules = messages;
    this.site_began = performance.now() - site * 1_000;
    const stands = this.shown === ANSWER ? answer : messages.some((one) => one.stands && one.message === this.shown);
    if (this.shown && !stands && !this.is_fresh) this.hide(); // closed or read in another tab, or paused by the team
    this.is_fresh = false;
    this.answer = answer;
    this.show_answer();
    this.try_rules();
  }

  try_rules() {
    clearTimeout(this.timer);
    if (this.shown || this.is_asking || this.is_quiet || this.host.is_open || document.hidden) return;
    const site = Math.round((performance.now() - this.site_began) / 1_000);
    const place = { ...this.watch.place(), site };
    let soonest = Infinity;
    for (const rule of this.rules.filter(({ message }) => !this.refused.has(message))) {
      const left = rule_left(rule, place);
      if (left <= 0) return this.show(rule.message);
      soonest = Math.min(soonest, left);
    }
    if (soonest <= LONGEST_SLEEP) this.timer = setTimeout(() => this.try_rules(), Math.max(1, soonest) * 1_000);
  }

  show_answer() {
    if (!this.answer || this.answer.id <= this.answered || this.is_quiet || this.host.is_open) return;
    if (this.shown === ANSWER && this.drawn === this.answer.id) return;
    this.drawn = this.answer.id;
    this.draw(ANSWER, this.answer);
  }

  // Neither this page nor the next shows it again.
  note_answered() {
    this.answered = this.drawn;
    this.host.say("keep", { name: "teased", value: String(this.answered) });
  }

  ask(message, what) {
    return this.watch.server.ask("/widget/api/proactive/", { json: { message, what }, keepalive: true });
  }

  async show(message) {
    this.is_asking = true;
    let answer;
    try {
      answer = await this.ask(message, "shown");
    } catch ({ status }) {
      if (status) this.refused.add(message); // not for them; without a connection it is tried with the next answer
    }
    this.is_asking = false;
    if (answer) await this.draw(message, answer);
    else if (this.refused.has(message)) this.try_rules();
  }

  async draw(message, { html, said }) {
    await this.dress();
    const template = document.createElement("template");
    template.innerHTML = html; // from our server, escaped there; scripts are off by the page's policy
    this.place_of_cards.replaceChildren(template.content);
    this.shown = message;
    this.is_fresh = true;
    this.fit();
    // What is said aloud comes after the frame is to be seen, else nobody would hear it.
    setTimeout(() => (document.querySelector("[data-said]").textContent = said), 100);
  }

  // The style sheets are fetched with the first card: most pages never show one.
  dress() {
    const { tokens, card } = document.body.dataset;
    this.dressed ??= Promise.all(
      [tokens, card].map((href) => {
        const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
        document.head.append(link);
        return new Promise((done) => (link.onload = link.onerror = done));
      }),
    );
    return this.dressed;
  }

  fit() {
    this.host.say("tease", { height: this.place_of_cards.offsetHeight });
  }

  hide() {
    this.shown = null;
    this.host.say("tease", { height: 0 });
    this.place_of_cards.replaceChildren();
    document.querySelector("[data-said]").textContent = "";
  }

  async open() {
    const message = this.shown;
    this.hide();
    if (message === ANSWER) {
      this.note_answered();
      return this.host.say("open", { tab: "messages" });
    }
    this.refused.add(message);
    await this.ask(message, "opened").catch(() => {});
    this.host.say("open", { tab: "messages", first: message });
  }

  dismiss() {
    const message = this.shown;
    this.hide();
    if (message === ANSWER) return this.note_answered();
    this.refused.add(message);
    this.rules = [];
    this.ask(message, "dismissed").catch(() => {});
  }
}
