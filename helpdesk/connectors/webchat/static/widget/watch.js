// The hidden page: it tells our server that somebody is in the page around it, and where. It asks that page's policy
// for nothing but the frame, and writes nothing itself: what is to be kept, the page around it keeps.

import { Host } from "./host.js";
import { Server } from "./server.js";
import { Teaser } from "./teaser.js";

const SEEN = 15_000; // until the server says how many others there are
const UNSEEN = 60_000;
const HIDDEN_FOR = 1_000; // who closes a page hides it first: what it says then must not come after its last word
const NEW_VISIT = 30 * 60_000; // who comes back after so long, visits again
const MOST_VISITS = 9_999;

// Events: `boot` {token, visits, teased, url, title, referrer, who} once, `here` with each answer of the server, `page`
// when the visitor goes on to another page or further down, `identify` {who}.
export class Watch extends EventTarget {
  host = new Host();
  visits = 1;
  scroll = 0;
  unread = 0;
  again = SEEN;
  tab = Math.random().toString(36).slice(2);
  passed = 0; // milliseconds in sight on this page, before the present stretch
  looked = performance.now();

  constructor(inbox, lang) {
    super();
    this.server = new Server(inbox, lang);
  }

  begin() {
    if (window.parent === window) return; // opened by itself there is nobody to watch
    for (const type of ["boot", "page", "identify", "track"]) {
      this.host.addEventListener(type, ({ detail }) => this[type](detail));
    }
    addEventListener("visibilitychange", () => this.turn());
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("freeze", () => clearTimeout(this.next));
    document.addEventListener("resume", () => this.ping());
    addEventListener("pageshow", ({ persisted }) => persisted && this.come_back());
    this.host.begin();
  }

  boot({ token, visits, who, ...said }) {
    this.is_begun = true;
    this.url = said.url;
    this.server.token = token || "";
    this.count_visit(visits);
    this.who = who || {};
    this.tell("boot", { token, visits: this.visits, who: this.who, ...said });
    this.ping();
  }

  // {count}.{last sign}: kept by the page, since a frame's own storage is thrown away.
  count_visit(kept) {
    const [count, last] = String(kept || "0.0").split(".").map(Number);
    const is_new = !(Date.now() - last < NEW_VISIT);
    this.visits = Math.min(Math.max(1, (count || 0) + (is_new ? 1 : 0)), MOST_VISITS);
  }

  page({ url, scroll = 0 }) {
    const is_other = url !== this.url;
    if (is_other) [this.passed, this.looked] = [0, performance.now()];
    this.scroll = is_other ? scroll : Math.max(this.scroll, scroll);
    this.tell("page", this.place());
    if (is_other && this.url) this.ping();
    this.url = url;
  }

  identify({ who }) {
    this.who = who || {};
    this.is_told = false;
    this.tell("identify", { who: this.who });
    this.ping();
  }

  async track({ event, data }) {
    await this.ready;
    this.server.ask("/widget/api/track/", { json: { event, data } }).catch(() => {});
  }

  seconds() {
    const now = document.hidden ? 0 : performance.now() - this.looked;
    return Math.round((this.passed + now) / 1_000);
  }

  turn() {
    if (document.hidden) this.passed += performance.now() - this.looked;
    this.looked = performance.now();
    if (!document.hidden) return this.ping();
    clearTimeout(this.next);
    this.next = setTimeout(() => this.ping(), HIDDEN_FOR);
  }

  // Where the visitor is, for rules that are tried in the browser.
  place() {
    return { ...this.host.place, seconds: this.seconds(), scroll: this.scroll, visits: this.visits };
  }

  ping() {
    clearTimeout(this.next);
    if (this.is_over || this.is_closed || !this.is_begun) return;
    this.ready = this.say_here();
  }

  async say_here() {
    try {
      const answer = await this.server.ask("/widget/api/here/", { json: this.sign() });
      this.is_told = true;
      this.again = answer.again * 1_000;
      this.take(answer);
    } catch ({ status }) {
      if (status === 403 || status === 404) return (this.is_over = true); // not wanted here: until the next page
    }
    clearTimeout(this.next);
    this.next = setTimeout(() => this.ping(), document.hidden ? UNSEEN : this.again);
  }

  sign() {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return {
      ...this.place(),
      ...(this.is_told ? {} : { who: this.who }),
      language: navigator.language,
      zone: timeZone,
      tab: this.tab,
      hidden: document.hidden,
    };
  }

  take(answer) {
    if (answer.token !== this.server.token) this.host.keep("token", (this.server.token = answer.token));
    this.host.keep("visits", `${this.visits}.${Date.now()}`);
    if (answer.unread !== this.unread) this.host.say("unread", { count: (this.unread = answer.unread) });
    this.tell("here", answer);
  }

  // The page goes. `keepalive` outlives it.
  leave() {
    clearTimeout(this.next);
    this.is_closed = true;
    if (!this.server.token || this.is_over) return;
    const { inbox, token } = this.server;
    fetch(`/widget/api/here/?inbox=${encodeURIComponent(inbox)}`, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-Visitor": token },
      body: JSON.stringify({ gone: true, tab: this.tab }),
    }).catch(() => {});
  }

  come_back() {
    this.is_closed = false;
    this.ping();
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const watch = new Watch(document.body.dataset.inbox, document.body.dataset.lang);
new Teaser(watch);
watch.begin();
