// The widget: its parts are put together here.

import { Composer } from "./composer.js";
import { Help } from "./help.js";
import { Host } from "./host.js";
import { Live } from "./live.js";
import { Notice } from "./notice.js";
import { Outbox } from "./outbox.js";
import { Server } from "./server.js";
import { Thread } from "./thread.js";

const { inbox, lang, socket, colour, onColour } = document.body.dataset;
const words = document.querySelector("#words").dataset;
const app = document.querySelector(".app");
const host = new Host();
const server = new Server(inbox, lang);
const live = new Live(server, socket, () => host.place);
const outbox = new Outbox(server, live, () => ({ ...host.place, who: JSON.stringify(who) }));
const thread = new Thread(server, words, (bubble) => say_aloud(bubble));
const composer = new Composer(words);
const help = new Help(server, words);
const notice = new Notice(server, thread);
const $ = (selector) => document.querySelector(selector);

let who = {};
let known = { has_written: false, has_email: false };
let unread = 0;
let wanted = {}; // what to open at, said before the widget was ready
let ask = { answers: null, show() {} };

if (colour) {
  const root = document.documentElement.style;
  for (const name of ["--brand", "--mine"]) root.setProperty(name, colour);
  for (const name of ["--on-brand", "--on-mine"]) root.setProperty(name, onColour);
}

// ---------------------------------------------------------------- opening
host.addEventListener("boot", async ({ detail }) => {
  server.token = detail.token || "";
  who = detail.who || {};
  await begin();
});

// One after the other: who identifies while the widget opens is let in as one person, not as two.
let begun = Promise.resolve();
const begin = () => (begun = begun.then(enter));
const payload = (token) => token.split(":")[0];

async function enter() {
  try {
    known = await server.ask("/widget/api/start/", { json: { ...host.place, who } });
  } catch {
    show_state("offline");
    setTimeout(begin, 5_000);
    return;
  }
  if (known.refused) refuse_claim(known.refused);
  if (server.token && payload(server.token) !== payload(known.token)) live.socket?.close(); // back as who they are now
  server.token = known.token;
  live.event = known.event;
  thread.begin(known);
  await show_form(known.form);
  notice.show(known.standing);
  for (const message of outbox.restore()) thread.put_own(message);
  composer.restore();
  set_unread(known.unread);
  if (known.has_written) {
    keep_visitor();
    app.dataset.tab = "messages";
    $("[data-ask-title]").textContent = words.goOn;
  }
  if (app.dataset.tab === "messages") show("messages");
  document.body.dataset.ready = "";
  outbox.work();
  if (host.is_open) opened(wanted);
  wanted = {};
}

// What few inboxes ask before a chat, few widgets fetch.
async function show_form(html) {
  if (html && !ask.place) {
    const { Ask } = await import($("[data-form]").dataset.form);
    ask = new Ask(server, composer, () => who);
  }
  ask.show(html);
}

function keep_visitor() {
  host.keep("token", server.token);
  host.keep("chat", 1);
}

host.addEventListener("open", ({ detail }) => {
  if (server.token && document.body.dataset.ready === "") opened(detail);
  else wanted = detail;
});

function opened({ tab, article, text, first }) {
  if (first) say_first(first);
  if (text) composer.write(text);
  if (article) {
    show("help");
    help.read(article);
  } else if (tab || text) show(text ? "messages" : tab);
  else show(app.dataset.tab);
  focus_first();
  note_seen();
}

// A message of the team that was opened as a card, by its number: what a page sends as HTML is never drawn here.
async function say_first(message) {
  const json = { message, what: "opened" };
  const { bubble } = await server.ask("/widget/api/proactive/", { json }).catch(() => ({}));
  if (bubble) thread.put(bubble, { is_new: false });
}

host.addEventListener("identify", ({ detail }) => {
  who = detail.who || {};
  if (who.hash || who.jwt) begin();
  else if (known.has_written && Object.keys(who).length) {
    server.ask("/widget/api/details/", { json: { who } }).catch((error) => error.status === 403 && refuse_claim(error));
  }
});

// What a page says of its visitor is a claim until the server has seen its proof; a wrong one changes nothing.
function refuse_claim({ reason, message }) {
  who = {};
  console.error(`helpdesk: ${reason || message}`);
  host.say("told", { name: "error", value: reason || message });
}

host.addEventListener("logout", async () => {
  await begun;
  live.stop();
  await server.ask("/widget/api/logout/", { json: {}, keepalive: true }).catch(() => {});
  try {
    sessionStorage.removeItem("helpdesk.draft");
  } catch {}
  for (const name of ["token", "chat", "logout"]) host.keep(name, "");
  host.say("gone");
});

setInterval(() => host.say("where"), 20_000);

// ---------------------------------------------------------------- tabs, closing, keys
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    show(button.dataset.show);
    focus_first();
  });
}
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => host.say("close"));
}
addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && host.say("close"));

function show(tab) {
  app.dataset.tab = tab;
  $("#help").hidden = tab !== "help";
  $("#messages").hidden = tab !== "messages";
  for (const button of document.querySelectorAll(".tabs [data-show]")) {
    button.toggleAttribute("aria-current", false);
    if (button.dataset.show === tab) button.setAttribute("aria-current", "page");
  }
  if (tab === "help") help.begin();
  else {
    if (server.token) live.start();
    thread.to_end();
    note_seen();
  }
}

function focus_first() {
  if (matchMedia("(pointer: coarse)").matches) return; // no keyboard over half the screen unasked
  const field = app.dataset.tab === "help" ? help.box : composer.box;
  if (field.offsetParent) field.focus();
}

// ---------------------------------------------------------------- writing
composer.addEventListener("message", ({ detail }) => {
  if (ask.answers) detail.answers = ask.answers;
  thread.put_own(detail);
  outbox.add(detail);
});
// An answer that was offered: sent as it stands; what is half written stays.
thread.list.addEventListener("click", ({ target }) => target.matches("[data-say]") && composer.say(target));
composer.addEventListener("typing", () => live.send({ type: "typing" }));

outbox.addEventListener("stored", ({ detail }) => {
  if (detail.html) thread.put(detail, { is_new: false });
  else thread.confirm(detail);
  composer.refuse("");
  ask.answers = null;
  notice.ask_if_new();
  if (!known.has_written) keep_visitor();
  known.has_written = true;
  if (!known.has_email && !who.email && !was_asked()) ask_email();
});
outbox.addEventListener("refused", async ({ detail }) => {
  if (!detail.fields) return thread.refuse(detail);
  const message = outbox.waiting.find(({ uuid }) => uuid === detail.uuid);
  outbox.remove(detail.uuid);
  thread.find(`[data-uuid="${detail.uuid}"]`)?.remove();
  thread.separate_days();
  composer.take_back(message);
  if (!ask.place) await show_form(detail.form);
  ask.again(detail);
});
outbox.addEventListener("slowed", ({ detail }) => composer.refuse(detail.reason));

$(".thread").addEventListener("click", ({ target }) => {
  const said_first = target.closest("[data-said-first] a") && target.closest("[data-said-first]");
  if (said_first) {
    const json = { message: Number(said_first.dataset.saidFirst), what: "clicked" };
    server.ask("/widget/api/proactive/", { json }).catch(() => {});
  }
  const bubble = target.closest("[data-uuid]");
  if (target.closest("[data-again]")) {
    thread.wait_again(bubble);
    outbox.again(bubble.dataset.uuid);
  }
  if (target.closest("[data-drop]")) {
    outbox.remove(bubble.dataset.uuid);
    bubble.remove();
  }
});

// ---------------------------------------------------------------- hearing
live.addEventListener("messages", ({ detail }) => {
  for (const message of detail) {
    outbox.remove(message.uuid); // stored already, though we never heard the answer
    thread.put(message);
  }
  note_seen();
  if (notice.standing.waits) notice.ask();
});
live.addEventListener("reset", begin);
live.addEventListener("read", ({ detail }) => thread.know({ read: detail.message }));
live.addEventListener("typing", ({ detail }) => thread.show_typing(detail.name));
live.addEventListener("over", ({ detail }) => composer.refuse(detail));
live.addEventListener("state", ({ detail }) => show_state(detail));

function show_state(state) {
  $("[data-state]").dataset.state = state;
  $("[data-state-words]").textContent = words[state] || "";
}

function say_aloud(bubble) {
  const text = bubble.querySelector(".bubble, legend")?.textContent.trim() || "";
  const from = bubble.querySelector(".message-author").textContent.trim();
  $("[data-said]").textContent = `${from}: ${text}`;
  host.say("told", { name: "message", value: { text, from } });
  if (!is_seen()) set_unread(unread + 1);
}

// ---------------------------------------------------------------- read and unread
const is_seen = () => host.is_open && !document.hidden && app.dataset.tab === "messages";

function note_seen() {
  if (!is_seen() || !unread_before(thread.last_team_id)) return;
  seen_up_to = thread.last_team_id;
  set_unread(0);
  const message = thread.last_team_id;
  if (live.state === "live" && live.send({ type: "seen", message })) return;
  server.ask("/widget/api/seen/", { json: { message } }).catch(() => (seen_up_to = 0));
}

let seen_up_to = 0;
const unread_before = (id) => id > seen_up_to;
addEventListener("visibilitychange", note_seen);

function set_unread(count) {
  unread = count;
  $("[data-count]").textContent = count > 9 ? "9+" : count;
  $("[data-count]").hidden = !count;
  host.say("unread", { count });
}

// ---------------------------------------------------------------- asking for an address, once and gently
const email = $("[data-email]");

function was_asked() {
  try {
    return sessionStorage.getItem("helpdesk.asked");
  } catch {
    return "";
  }
}

function ask_email() {
  if (notice.standing.asks) $("[data-email] label").textContent = notice.standing.asks;
  email.hidden = false;
  thread.to_end();
}

function asked() {
  try {
    sessionStorage.setItem("helpdesk.asked", "1");
  } catch {}
  email.hidden = true;
  composer.box.focus();
}

email.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = $("[data-email-error]");
  try {
    await server.ask("/widget/api/details/", { json: { email: email.elements.email.value } });
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    return;
  }
  known.has_email = true;
  host.say("told", { name: "email", value: "" });
  asked();
  $("[data-email-kept]").hidden = false;
  thread.to_end();
});
$("[data-email-later]").addEventListener("click", asked);

// In the settings' preview nobody is there: it is looked at, and nothing is begun.
const { preview } = document.body.dataset;
if (preview) {
  show(preview);
  show_state("live");
} else host.begin();
