// <desk-live socket changes seq>: hears what changed and has it shown. While the socket is open it is
// pushed; else the same is asked for every few seconds; the page says which (data-live on <html>).
import { cutOff, hear } from "./answer-line.js";
import { openTicket, rows } from "./panes.js";
import { showTogether } from "./together.js";

const POLL = 4000;
const BEAT = 15000;
const SILENCE = 10000;
const ONCE_IN = 1000;
const LONGEST_WAIT = 30000;
const MOST_HEARD = 2000;
const MOVES = /^ticket\.(merged|unmerged|split)$/;
const OF_PAGE = ["desk:typing", "desk:answer", "htmx:beforeSwap", "htmx:afterSettle", "visibilitychange"];
const OF_LINE = ["online", "offline"];
const CHANGES_HEAD = /^(ticket|survey|participant|contact)\.|^message\.(received|replied|failed)$/;

/** Somebody has a menu or a field of it open: what is drawn anew under their hand would close it. */
const isHeadInUse = () => document.querySelector("#about :is(input, select):focus, .fact-form, #ticket-head details[open]");
/** This page merges the ticket itself: the answer will show the one that stays, and how to take it back. */
const isMerging = () => document.querySelector("#merger form[method=post].htmx-request");

/** Whether the page is before somebody's eyes: 1, and 2 where they work in it. */
const here = () => (document.visibilityState === "visible" ? (document.hasFocus() ? 2 : 1) : 0);

class DeskLive extends HTMLElement {
  connectedCallback() {
    this.seq = Number(this.getAttribute("seq"));
    this.wait = 1000;
    this.later = new Map();
    this.heard = new Set(); // the numbers of what came: a lower one may come after a higher
    for (const name of OF_PAGE) document.addEventListener(name, this);
    for (const name of OF_LINE) window.addEventListener(name, this);
    this.connect();
  }

  disconnectedCallback() {
    for (const name of OF_PAGE) document.removeEventListener(name, this);
    for (const name of OF_LINE) window.removeEventListener(name, this);
    this.forgetSocket();
    clearTimeout(this.retryTimer);
    clearTimeout(this.pollTimer);
  }

  handleEvent(event) {
    if (event.type === "desk:typing") this.say({ typing: openTicket(), ...event.detail });
    else if (event.type === "desk:answer") this.say(event.detail) && event.preventDefault();
    else if (event.type === "htmx:beforeSwap") this.keepWhatIsInUse(event.detail);
    else if (event.type === "visibilitychange") this.say({ here: here() });
    else if (event.type === "online") this.connect();
    else if (event.type === "offline") this.drop();
    else if (["ticket", "main"].includes(event.detail.target?.id)) this.say({ ticket: openTicket(), after: this.seq, here: here() });
  }

  /** Whether there is a socket to say it by. */
  say(words) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(words));
    return true;
  }

  show(state) {
    document.documentElement.dataset.live = state;
  }

  connect() {
    clearTimeout(this.retryTimer);
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    const address = new URL(this.getAttribute("socket"), location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = (this.socket = new WebSocket(address));
    socket.addEventListener("open", () => socket === this.socket && this.opened());
    socket.addEventListener("message", ({ data }) => {
      this.heardAnswer();
      this.take(JSON.parse(data));
    });
    socket.addEventListener("close", () => socket === this.socket && this.drop());
  }

  opened() {
    clearTimeout(this.pollTimer);
    this.wait = 1000;
    this.show("live");
    this.say({ ticket: openTicket(), after: this.seq, here: here() });
    this.beatTimer = setInterval(() => this.beat(), BEAT);
  }

  /** Asks what a lost push left out. No answer means that the line is dead, whatever the socket believes. */
  beat() {
    this.say({ after: this.seq, here: here() });
    this.silenceTimer ??= setTimeout(() => this.drop(), SILENCE);
  }

  drop() {
    if (!this.socket) return;
    this.forgetSocket();
    this.lost();
  }

  forgetSocket() {
    clearInterval(this.beatTimer);
    this.heardAnswer();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    cutOff();
  }

  heardAnswer() {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = undefined;
  }

  /** Meanwhile ask; try the socket again, each time after a longer wait and not all agents at once. */
  lost() {
    this.retryTimer = setTimeout(() => this.connect(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.poll();
  }

  async poll() {
    clearTimeout(this.pollTimer);
    try {
      const answer = await fetch(`${this.getAttribute("changes")}?after=${this.seq}&ticket=${openTicket() ?? ""}&here=${here()}`);
      const news = await answer.json();
      if (this.socket?.readyState === WebSocket.OPEN) return;
      this.show("delayed");
      this.take(news);
    } catch {
      this.show("offline");
    }
    this.pollTimer = setTimeout(() => this.poll(), POLL);
  }

  take(news) {
    if ("notices" in news) return document.body.dispatchEvent(new CustomEvent("notices:new"));
    if ("typing" in news) return document.querySelector("thread-log")?.showTyping(news.typing);
    if (news.together) return showTogether(news.together);
    if ("answered" in news) return hear(news.answered, news.message && news);
    const isNew = news.seq > this.seq || news.events.some((event) => !event.again && !this.heard.has(event.seq));
    if (this.heard.size > MOST_HEARD) this.heard.clear();
    for (const { seq } of news.events) this.heard.add(seq);
    this.seq = Math.max(this.seq, news.seq);
    const ticket = openTicket();
    for (const event of news.events) {
      if (event.ticket !== ticket) continue;
      if (event.html) document.querySelector("thread-log")?.put(event.html);
      if (MOVES.test(event.name) && !event.again) this.soon("thread", () => this.fetchThread());
      if (CHANGES_HEAD.test(event.name) && !event.line) this.soon("head", () => this.fetchHead());
    }
    if (isNew || news.reset) this.soon("lists", () => this.fetchLists());
    if (news.reset && ticket) htmx.ajax("GET", location.href, { target: "#ticket", swap: "innerHTML" });
  }

  /** Runs `work` now and at most once a second; what comes meanwhile is done together at its end. */
  soon(name, work) {
    const entry = this.later.get(name);
    if (entry) return (entry.again = true);
    this.later.set(name, {});
    work();
    setTimeout(() => {
      const { again } = this.later.get(name);
      this.later.delete(name);
      if (again && this.isConnected) this.soon(name, work);
    }, ONCE_IN);
  }

  /** While an element asks, htmx lets the last of its further requests wait and forgets the others: one element for each. */
  asker(name) {
    const known = this.querySelector(`[data-asks=${name}]`);
    if (known) return known;
    const asker = Object.assign(document.createElement("span"), { hidden: true });
    asker.dataset.asks = name;
    return this.appendChild(asker);
  }

  fetchLists() {
    const url = new URL(document.getElementById("list").dataset.url, location.href);
    url.searchParams.set("shown", rows().length);
    htmx.ajax("GET", url.pathname + url.search, { source: this.asker("lists"), target: "#lists", swap: "none" });
  }

  /** Messages came or went: what the timeline shows is drawn anew. */
  fetchThread() {
    const ticket = openTicket();
    if (isMerging()) return (this.later.get("thread").again = true);
    const source = this.asker("thread");
    if (ticket) htmx.ajax("GET", `/desk/tickets/${ticket}/timeline/`, { source, target: "#timeline", swap: "innerHTML" });
  }

  fetchHead() {
    const ticket = openTicket();
    if (!ticket) return;
    if (isHeadInUse() || isMerging()) return (this.later.get("head").again = true);
    const suffix = document.getElementById("list").dataset.suffix;
    htmx.ajax("GET", `/desk/tickets/${ticket}/refreshed/${suffix}`, { source: this.asker("head"), swap: "none" });
  }

  keepWhatIsInUse(answer) {
    this.keepOpenMenu(answer);
    this.keepMoreRows(answer);
  }

  /** A menu that was opened while the head was on its way stays open; the head is fetched once more. */
  keepOpenMenu(answer) {
    if (!/\/refreshed\//.test(answer.pathInfo.requestPath) || !isHeadInUse()) return;
    answer.shouldSwap = false;
    this.soon("head", () => this.fetchHead());
  }

  /** Rows that came by scrolling while the list was on its way stay; it is fetched once more. What was done is said
   * with its list, whatever came meanwhile. */
  keepMoreRows(answer) {
    if (answer.requestConfig.verb !== "get") return;
    const shown = new URL(answer.pathInfo.requestPath, location.href).searchParams.get("shown");
    if (!shown || rows().length <= Number(shown)) return;
    answer.shouldSwap = false;
    this.soon("lists", () => this.fetchLists());
  }
}

customElements.define("desk-live", DeskLive);
