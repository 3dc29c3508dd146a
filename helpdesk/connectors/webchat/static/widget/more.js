// The loader's second half: what few pages call. The loader fetches it when a page calls one of these, gives it its
// own insides, and repeats what was called meanwhile, in order. What each call does stands in docs/widget.md.

export function add(inside) {
  const { set, origin, kept, listeners, make, place, say, heard, methods, load, anew, now } = inside;
  const watches = () => set.visitors != null && set.visitors !== false;
  let watcher, is_heard, is_looking, waiting = [], deepest = 0, last = "";

  // ---------------------------------------------------------------- the visitor
  // More of what is known of the visitor, or a new language. Without anything: the page has changed.
  methods.update = ({ lang, ...details } = {}) => {
    set.who = { ...set.who, ...details };
    if (lang && lang !== set.lang) {
      const { is_open } = now();
      set.lang = lang;
      anew();
      if (is_open) methods.open();
    }
    say("page", place());
    if (Object.keys(details).length) methods.identify(set.who);
  };

  const { identify } = methods;
  methods.identify = (who) => {
    identify(who);
    tell_watcher("identify", { who });
  };

  // Something the visitor did. It needs no conversation, so it goes by the small frame and not by the large one.
  methods.track = (event, data = {}) => {
    methods.watch();
    tell_watcher("track", { event: String(event), data });
  };

  methods.logout = () => {
    methods.close();
    set.who = {};
    // The frame is needed once more, to forget the help center's cookie on its own origin. It takes the mark away; where the
    // page is left before, the next one begins with it.
    kept("logout", kept("token"));
    if (kept("logout")) load();
    for (const name of ["token", "chat", "visits", "teased"]) kept(name, "");
    say("logout");
    heard.unread({ count: 0 });
    forget_watcher();
    if (watches()) methods.watch();
  };

  // ---------------------------------------------------------------- the launcher
  methods.toggle = () => (now().is_open ? methods.close() : methods.open());

  // Away with all of it, until the next boot.
  methods.shutdown = () => {
    methods.logout();
    methods.hide();
    forget_watcher();
  };

  // So far from the edges, in pixels.
  methods.move = ({ x = 20, y = 20 }) => {
    const sheet = new CSSStyleSheet();
    const [across, up] = [Number(x), Number(y)];
    sheet.replaceSync(`
      button{inset-inline-${set.side || "end"}:${across}px;bottom:${up}px}
      @media(min-width:481px){iframe{inset-inline-${set.side || "end"}:${across}px;bottom:${up + 68}px;height:min(690px,100dvh - ${up + 88}px)}}`);
    now().root?.adoptedStyleSheets.push(sheet);
  };

  // Without cards above the launcher.
  methods.quiet = (yes = true) => {
    set.quiet = yes;
    if (yes && watcher) watched.tease({ height: 0 });
    tell_watcher("quiet", { yes });
  };

  methods.off = (name, listener) => {
    listeners[name] = (listeners[name] || []).filter((known) => known !== listener);
  };

  // ---------------------------------------------------------------- who is on the page
  // A tiny hidden page on the helpdesk's origin: it says that somebody is here, and shows a message as a card above
  // the launcher where the team has one for them.
  methods.watch = () => {
    const { root } = now();
    if (!root || set.visitors === false || (watcher && watcher.isConnected)) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      .w{bottom:88px;width:min(340px,100vw - 40px);height:0;background:none;pointer-events:none}
      .w.s{visibility:visible;opacity:1;translate:0;pointer-events:auto}
      .o~.w{visibility:hidden}
      @media(max-width:480px){.w{inset-block:auto 88px;border-radius:16px;inset-inline:auto 20px}}`);
    root.adoptedStyleSheets.push(sheet);
    is_heard = false;
    watcher = make(root, "iframe", {
      className: "w",
      title: root.querySelector("button").ariaLabel,
      src: `${origin}/widget/watch/${set.inbox}/?lang=${set.lang}`,
    });
    if (!is_looking) listen();
  };

  const listen = () => {
    is_looking = true;
    addEventListener("message", ({ source, origin: from, data }) => {
      if (watcher && source === watcher.contentWindow && from === origin && watched[data.helpdesk]) {
        watched[data.helpdesk](data);
      }
    });
    for (const name of ["open", "close"]) methods.on(name, () => is_heard && tell_watcher(name));
    addEventListener("scroll", look, { passive: true });
    setInterval(look, 1_000); // a site of one page changes its address without telling anybody
  };

  const watched = {
    ready() {
      is_heard = true;
      const names = ["token", "visits", "teased"];
      const known = Object.fromEntries(names.map((name) => [name, kept(name) || ""]));
      const { is_open } = now();
      tell_watcher("boot", { ...place(), ...known, who: set.who || {}, quiet: set.quiet, is_open });
      for (const message of waiting.splice(0)) tell_watcher(...message);
    },
    keep: ({ name, value }) => kept(name, value),
    tease({ height }) {
      if (set.quiet) height = 0;
      watcher.style.height = `${height}px`;
      watcher.classList.toggle("s", height > 0);
    },
    open: (view) => methods.open(view),
    unread: (said) => heard.unread(said),
    told: (said) => heard.told(said),
  };

  const tell_watcher = (helpdesk, details) => {
    if (!watcher) return;
    if (is_heard) watcher.contentWindow.postMessage({ helpdesk, ...details }, origin);
    else waiting.push([helpdesk, details]);
  };

  const forget_watcher = () => {
    if (watcher) watcher.remove();
    watcher = 0;
    waiting = [];
  };

  // Tell the watcher of another page, and of each tenth of the page's height that came into sight.
  const look = () => {
    const here = place();
    const page = here.url + here.title;
    if (page !== last) deepest = 0;
    const { scrollHeight } = document.documentElement;
    const depth = Math.min(100, Math.floor((10 * (scrollY + innerHeight)) / scrollHeight) * 10);
    if (page === last && depth <= deepest) return;
    last = page;
    deepest = Math.max(deepest, depth);
    if (is_heard) tell_watcher("page", { ...here, scroll: deepest });
  };
}
