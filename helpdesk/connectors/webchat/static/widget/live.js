// News of the conversation: a websocket, and polling of the same changes while there is none.
// Every event has a number; after a break we ask for what came after the last one seen, so nothing is lost.

const PING = 25_000;
const SILENCE = 10_000; // without an answer to a ping for so long, the socket is dead
const HELLO = 45_000; // when a server comes back everybody does, and hellos wait for one another
const ASLEEP = 90_000; // nothing heard for so long: the machine slept, and the socket only seems to be open
const POLL = 4_000;
const POLL_UNSEEN = 30_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const LATER = 4429; // the server's "not now": the reason says for how many seconds
const BANNED = 4403; // ... and its "never": the reason is a sentence

// All who lost the same server must not come back at the same moment.
const about = (pause) => pause * (0.5 + Math.random());

export class Live extends EventTarget {
  event = 0;
  state = "starting";
  pings = 0;
  losses = 0;
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
    const state = this.socket?.readyState;
    if (state === WebSocket.OPEN && Date.now() - this.heard < ASLEEP) this.ping(true);
    else if (state !== WebSocket.CONNECTING) this.connect();
  }

  stop() {
    this.is_stopped = true;
    this.forget();
    clearTimeout(this.retry);
    clearTimeout(this.next_poll);
  }

  connect() {
    this.forget();
    clearTimeout(this.retry);
    clearTimeout(this.next_poll);
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
    this.expect(HELLO);
    socket.onopen = () => this.send({ type: "hello", token, inbox, lang, after: this.event, ...this.place() });
    socket.onmessage = ({ data }) => socket === this.socket && this.hear(JSON.parse(data));
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.socket) return;
      if (code !== BANNED) return this.lose(code === LATER && reason * 1000);
      this.stop();
      this.become("over");
      this.tell("over", reason);
    };
  }

  hear(frame) {
    clearTimeout(this.silence);
    this.heard = Date.now();
    if (frame.type === "hello") {
      this.wait = FIRST_WAIT;
      this.losses = 0;
      this.is_in = true;
      this.beat = setInterval(() => this.ping(++this.pings % 4 === 0), PING);
    }
    if (this.is_in) this.become("live");
    if (frame.messages) this.take(frame);
    if (["ack", "refused", "typing", "read"].includes(frame.type)) this.tell(frame.type, frame);
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
    this.expect(SILENCE);
  }

  expect(within) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lose(), within);
  }

  forget() {
    const { socket } = this;
    this.socket = null;
    this.is_in = false;
    clearInterval(this.beat);
    clearTimeout(this.silence);
    socket?.close();
  }

  // Try again, each time after a longer pause. Who fails twice asks once by HTTP, so as to know what is missing: the
  // server, or only its sockets. Polling while the server is away would fall upon it the moment it is back.
  lose(pause) {
    this.forget();
    if (this.is_stopped) return;
    if (this.state === "live") this.become("starting");
    if (this.losses++) this.poll();
    this.retry_in(pause ? pause + about(1000) : about(this.wait));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  retry_in(pause) {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), pause);
  }

  async poll() {
    clearTimeout(this.next_poll);
    const before = this.state;
    let state = "delayed";
    try {
      this.take(await this.server.ask("/widget/api/changes/", { query: { after: this.event } }));
    } catch (error) {
      if (!error.status) state = "offline"; // else there was an answer, though it was no
    }
    if (this.socket || this.is_stopped) return; // asked again when it fails
    this.become(state);
    if (state === "offline") return;
    if (before === "offline") this.retry_in(about(1000));
    clearTimeout(this.next_poll);
    this.next_poll = setTimeout(() => this.poll(), about(document.hidden ? POLL_UNSEEN : POLL));
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
