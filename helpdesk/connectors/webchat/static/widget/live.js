// News of the conversation: a websocket, and polling of the same changes while there is none.
// Every event has a number; after a break we ask for what came after the last one seen, so nothing is lost.

const PING = 25_000;
const SILENCE = 10_000; // without an answer to a ping for so long, the socket is dead
const POLL = 4_000;
const POLL_UNSEEN = 30_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

export class Live extends EventTarget {
  event = 0;
  state = "starting";
  pings = 0;
  wait = FIRST_WAIT;

  constructor(server, address, place) {
    super();
    this.server = server;
    this.address = address;
    this.place = place; // () -> {url, title}
  }

  // Begin, or go on at once: a page that wakes up doesn't wait for its timers.
  start() {
    if (!this.is_started) {
      this.is_started = true;
      addEventListener("online", () => this.start());
      addEventListener("offline", () => this.become("offline"));
      addEventListener("visibilitychange", () => document.hidden || this.start());
    }
    if (this.socket?.readyState === WebSocket.OPEN) this.ping(true);
    else if (this.socket?.readyState !== WebSocket.CONNECTING) this.connect();
  }

  stop() {
    this.is_stopped = true;
    this.socket?.close();
    for (const timer of [this.retry, this.beat, this.silence, this.next_poll]) clearTimeout(timer);
  }

  connect() {
    clearTimeout(this.retry);
    if (this.is_stopped) return;
    const url = new URL(this.address, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    let socket;
    try {
      socket = this.socket = new WebSocket(url);
    } catch {
      return this.lose();
    }
    const { token, inbox, lang } = this.server;
    socket.onopen = () => this.send({ type: "hello", token, inbox, lang, after: this.event, ...this.place() });
    socket.onmessage = ({ data }) => socket === this.socket && this.hear(JSON.parse(data));
    socket.onclose = () => socket === this.socket && this.lose();
  }

  hear(frame) {
    clearTimeout(this.silence);
    if (frame.type === "hello") {
      this.wait = FIRST_WAIT;
      clearTimeout(this.next_poll);
      this.become("live");
      clearInterval(this.beat);
      this.beat = setInterval(() => this.ping(++this.pings % 4 === 0), PING);
    }
    if (frame.messages) this.take(frame);
    if (["ack", "refused", "typing"].includes(frame.type)) this.tell(frame.type, frame);
  }

  take({ event, messages, reset }) {
    if (reset) this.tell("reset");
    else if (messages.length) this.tell("messages", messages);
    this.event = Math.max(this.event, event);
  }

  send(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  ping(catches_up) {
    const asks = catches_up ? { after: this.event } : {};
    this.send({ type: "ping", ...this.place(), ...asks });
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.socket.onclose = null;
      this.socket.close();
      this.lose();
    }, SILENCE);
  }

  // No socket: poll from now on, and try again, each time after a longer pause.
  lose() {
    if (this.is_stopped) return;
    this.socket = null;
    clearInterval(this.beat);
    clearTimeout(this.silence);
    if (this.state === "live") this.become("starting");
    if (this.state === "starting") this.poll();
    this.retry = setTimeout(() => this.connect(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  async poll() {
    clearTimeout(this.next_poll);
    try {
      this.take(await this.server.ask("/widget/api/changes/", { query: { after: this.event } }));
      if (this.state !== "live") this.become("delayed");
    } catch {
      if (this.state !== "live") this.become("offline");
    }
    if (this.state === "live" || this.is_stopped) return;
    this.next_poll = setTimeout(() => this.poll(), document.hidden ? POLL_UNSEEN : POLL);
  }

  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.tell("state", state);
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
