// The one script a site includes. It draws the launcher in a closed shadow root and opens the frame only when
// somebody wants it; until then it asks for nothing. Comments and indents are dropped by the server, so they
// stand on lines of their own; "TEXTS" becomes the launcher's words in every language.
((w, d) => {
  const script = d.currentScript, stub = w.helpdesk;
  if (stub && stub.is_loaded) return;
  const origin = new URL(script.src).origin, texts = "TEXTS", set = { ...script.dataset }, listeners = {};
  let waiting = [], who = {}, unread = 0, words, button, badge, frame, root, is_ready, is_open;

  const kept = (name, value) => {
    name = `helpdesk.${set.inbox}.${name}`;
    try {
      return value === undefined ? localStorage[name] : value ? (localStorage[name] = value) : delete localStorage[name];
    } catch (_) {}
  };

  const tell = (name, value) => (listeners[name] || []).forEach((listener) => listener(value));

  const make = (parent, tag, attributes, space = "http://www.w3.org/1999/xhtml") => {
    const node = d.createElementNS(space, tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    parent.prepend(node);
    return node;
  };

  const draw = () => {
    if (root || !set.inbox) return;
    const lang = (set.lang = set.lang || d.documentElement.lang || navigator.language);
    words = texts[lang.slice(0, 2)] || texts.en;
    const colour = CSS.supports("color", set.colour) ? set.colour : "#1c6773";
    const side = set.side == "start" ? "inset-inline-start:20px" : "inset-inline-end:20px";
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host{all:initial;color-scheme:inherit}
      button,iframe{position:fixed;z-index:2147483000;border:0;box-shadow:0 6px 40px #0005;transition:.14s;${side}}
      button{bottom:20px;width:56px;height:56px;padding:0;border-radius:50%;cursor:pointer;background:${colour};color:#fff}
      button:hover{transform:scale(1.05)}
      [hidden],b:empty,[aria-expanded=true] .a,[aria-expanded=false] .b{display:none}
      svg{display:block;width:26px;margin:auto;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
      b{position:absolute;top:-3px;inset-inline-end:-3px;min-width:20px;border-radius:10px;background:#c22f2f;font:600 12px/20px system-ui}
      iframe{bottom:88px;width:400px;height:min(690px,100dvh - 108px);border-radius:16px;background:Canvas;visibility:hidden;opacity:0;transform:translateY(8px)}
      .o{visibility:visible;opacity:1;transform:none}
      @media(max-width:480px){iframe{inset:0;width:100%;height:100dvh;border-radius:0}[aria-expanded=true]{display:none}}
      @media(prefers-reduced-motion){*{transition:none!important}}`);
    root = make(d.body, "div", { "data-helpdesk": "" }).attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [sheet];
    button = make(root, "button");
    badge = make(button, "b");
    const ns = "http://www.w3.org/2000/svg", svg = make(button, "svg", { viewBox: "0 0 24 24" }, ns);
    make(svg, "path", { class: "a", d: "M21 11.5a8.5 8.5 0 0 1-12.6 7.4L3 21l2.1-5.4A8.5 8.5 0 1 1 21 11.5" }, ns);
    make(svg, "path", { class: "b", d: "m6 9 6 6 6-6" }, ns);
    button.onpointerenter = button.onfocus = load;
    button.onclick = () => (is_open ? close() : open());
    button.onkeydown = (event) => event.key == "Escape" && close();
    label();
    if (kept("chat")) (w.requestIdleCallback || setTimeout)(load);
    tell("ready");
  };

  const label = () => {
    badge.textContent = unread > 9 ? "9+" : unread || "";
    button.ariaLabel = words + (unread ? ` (${unread})` : "");
    button.ariaExpanded = !!is_open;
  };

  const load = () => {
    draw();
    if (frame || !root) return;
    is_ready = 0;
    frame = make(root, "iframe", { title: words, src: `${origin}/widget/frame/${set.inbox}/?lang=${set.lang}` });
  };

  const place = () => ({ url: location.href, title: d.title, referrer: d.referrer });

  const say = (helpdesk, value) => {
    if (is_ready) frame.contentWindow.postMessage({ helpdesk, ...value }, origin);
    else if (frame) waiting.push([helpdesk, value]);
  };

  const turn = (yes, view) => {
    is_open = yes;
    frame.className = yes ? "o" : "";
    label();
    (yes ? frame : button).focus();
    const name = yes ? "open" : "close";
    say(name, view);
    tell(name);
  };

  const open = (view) => {
    load();
    if (frame) turn(true, view);
  };

  const close = () => is_open && turn(false);

  // Only our own frame is believed, and only our own origin is told anything.
  w.addEventListener("message", ({ source, origin: from, data }) => {
    if (frame && source === frame.contentWindow && from === origin && heard[data.helpdesk]) heard[data.helpdesk](data);
  });

  const heard = {
    ready() {
      is_ready = 1;
      say("boot", { ...place(), token: kept("token"), who });
      waiting.splice(0).forEach((message) => say(...message));
    },
    where: () => say("page", place()),
    keep: ({ name, value }) => kept(name, value),
    close,
    gone() {
      frame.remove();
      frame = 0;
    },
    unread({ count }) {
      if (unread == count) return;
      tell("unread", (unread = count));
      label();
    },
    message: ({ text, from }) => tell("message", { text, from }),
  };

  const methods = {
    boot(settings) {
      Object.assign(set, settings);
      draw();
    },
    identify(person) {
      who = person;
      say("identify", { who });
    },
    show() {
      draw();
      if (root) button.hidden = false;
    },
    hide() {
      close();
      draw();
      if (root) button.hidden = true;
    },
    open,
    close,
    on: (name, listener) => (listeners[name] = listeners[name] || []).push(listener),
    logout() {
      close();
      who = {};
      ["token", "chat"].forEach((name) => kept(name, ""));
      say("logout");
      heard.unread({ count: 0 });
    },
  };

  w.helpdesk = (name, ...details) => (methods[name] ? methods[name](...details) : tell("error", name));
  w.helpdesk.is_loaded = 1;

  const begin = () => {
    draw();
    ((stub && stub.q) || []).forEach((call) => w.helpdesk(...call));
  };
  d.body ? begin() : d.addEventListener("DOMContentLoaded", begin);
})(window, document);
