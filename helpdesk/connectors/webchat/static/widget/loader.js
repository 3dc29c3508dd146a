// The one script a site includes. It draws the launcher in a closed shadow root and opens the frame only when
// somebody wants it; until then it asks for nothing. What few pages call stands in more.js, which is fetched when
// one of them calls it. The server drops comments and spaces and puts in: for "TEXTS" the launcher's words in every
// language, for "LOOK" how this inbox's launcher looks, for "MORE" the version of more.js.
((w, d) => {
  const script = d.currentScript, stub = w.helpdesk;
  if (stub?.q === 0) return; // this script stands twice in the page
  const origin = new URL(script.src).origin, texts = "TEXTS", set = { ..."LOOK", ...script.dataset }, listeners = {};
  let waiting = [], unread = 0, words, button, badge, frame, root, is_ready, is_open, later, is_whole;

  const kept = (name, value) => {
    name = `helpdesk.${set.inbox}.${name}`;
    try {
      return value == null ? localStorage[name] : value ? (localStorage[name] = value) : delete localStorage[name];
    } catch {}
  };

  const tell = (name, value) => listeners[name]?.forEach((listener) => listener(value));

  const make = (parent, name, value) => {
    const node = Object.assign(d.createElement(name), value);
    parent.append(node);
    return node;
  };

  // The signs are shapes cut out of the text's colour: a picture would need the leave of the page's policy. What is
  // not set stands as "undefined" in the sheet, where the value before it holds then.
  const draw = () => {
    if (root || !set.inbox) return;
    set.lang ||= d.documentElement.lang || navigator.language;
    words = set.words || texts[set.lang.slice(0, 2)] || texts.en;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host{all:initial;color-scheme:inherit;position:fixed;z-index:2147483000}
      button,iframe{position:fixed;border:0;box-shadow:0 6px 40px #0005;inset-inline-${set.side || "end"}:20px}
      button{bottom:20px;display:flex;align-items:center;gap:8px;height:56px;padding:0 16px;border-radius:28px;cursor:pointer;forced-color-adjust:none;background:#1c6773;background:${set.colour};color:#fff;color:${set.on};font:600 15px system-ui}
      button:hover{scale:1.05}
      [hidden],b:empty{display:none}
      button:before{content:"";width:24px;height:24px;background:currentColor;clip-path:path("M21 11.5a8.5 8.5 0 0 1-12.6 7.4L3 21l2.1-5.4A8.5 8.5 0 1 1 21 11.5")}
      button.o:before{clip-path:path("m5 8 7 7 7-7 2 2-9 9-9-9z")}
      b{position:absolute;top:-3px;inset-inline-end:-3px;min-width:20px;border-radius:10px;background:#c22f2f;color:#fff;font-size:12px;line-height:20px}
      iframe{bottom:88px;width:400px;height:min(690px,100dvh - 108px);border-radius:16px;background:Canvas;visibility:hidden;opacity:0;translate:0 8px}
      .o{visibility:visible;opacity:1;translate:0}
      @media(max-width:480px){iframe{inset:0;width:100%;height:100dvh;border-radius:0}button.o{display:none}}
      @media(prefers-reduced-motion:no-preference){*{transition:.14s}}`);
    const host = make(d.body, "div");
    host.dataset.helpdesk = "";
    root = host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [sheet];
    button = make(root, "button");
    if (set.words || set.speaks) button.append(words);
    badge = make(button, "b");
    button.onpointerenter = button.onfocus = load;
    button.onclick = () => (is_open ? close() : open());
    button.onkeydown = ({ key }) => key == "Escape" && close();
    label();
    if (kept("logout")) call("logout"); // begun on a page that was left meanwhile
    else if (kept("chat")) load();
    if (set.visitors != null) call("watch");
    tell("ready");
  };

  const label = () => {
    if (!root) return;
    badge.textContent = unread > 9 ? "9+" : unread || "";
    button.ariaLabel = words + (unread ? ` (${unread})` : "");
    button.ariaExpanded = !!is_open;
    button.hidden = set.hidden;
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
    frame.className = button.className = yes ? "o" : "";
    label();
    (yes ? frame : button).focus();
    say(yes ? "open" : "close", view);
    tell(yes ? "open" : "close");
  };

  const open = (view) => {
    load();
    if (frame) turn(true, view);
  };

  const close = () => is_open && turn(false);

  // Only our own frame is believed, and only our own origin is told anything.
  w.addEventListener("message", ({ source, origin: from, data }) => {
    if (frame && source == frame.contentWindow && from == origin) heard[data.helpdesk]?.(data);
  });

  const heard = {
    ready() {
      is_ready = 1;
      say("boot", { ...place(), token: kept("token"), who: set.who || {} });
      waiting.splice(0).forEach((said) => say(...said));
    },
    where: () => say("page", place()),
    keep: ({ name, value }) => kept(name, value),
    close,
    gone() {
      if (frame) frame.remove();
      frame = is_ready = 0;
    },
    unread({ count }) {
      if (unread == count) return;
      unread = count;
      label();
      tell("unread", count);
    },
    told: ({ name, value }) => tell(name, value),
  };

  // Away with all that is drawn, and drawn as it is set now.
  const anew = () => {
    heard.gone();
    if (root) root.host.remove();
    root = is_open = 0;
    draw();
  };

  const hide = (yes) => {
    if (yes) close();
    set.hidden = yes;
    draw();
    label();
  };

  const methods = {
    boot(settings) {
      Object.assign(set, settings);
      anew();
    },
    identify(who) {
      set.who = who;
      say("identify", { who });
    },
    show: () => hide(false),
    hide: () => hide(true),
    open,
    close,
    on: (name, listener) => (listeners[name] ||= []).push(listener),
  };

  // What we do not know, more.js may know. What is called while it comes waits for it, so that the order stays.
  const call = (...said) => {
    const [name, ...details] = said;
    if (later) later.push(said);
    else if (methods[name]) methods[name](...details);
    else if (is_whole) tell("error", name);
    else {
      later = [said];
      if (name == "logout") kept(name, kept("token"));
      import(`${origin}/widget/more/"MORE".js`)
        .then(({ add }) => add({ set, origin, kept, listeners, make, place, say, heard, methods, load, anew, now: () => ({ root, is_open }) }))
        .finally(() => {
          is_whole = 1;
          const calls = later;
          later = 0;
          calls.forEach((said) => call(...said));
        });
    }
  };

  w.helpdesk = call;
  call.q = 0;

  const begin = () => {
    draw();
    stub?.q?.forEach((said) => call(...said));
  };
  d.body ? begin() : d.addEventListener("DOMContentLoaded", begin);
})(window, document);
