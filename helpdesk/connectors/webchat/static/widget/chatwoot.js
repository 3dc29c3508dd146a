// Pages written for Chatwoot go on with this script: what they ask of Chatwoot is done by our widget. It is sent behind
// the loader, in one file. For "LOOK" the server puts what it knows of the inbox whose key stands in the address.
((w, d) => {
  const look = "LOOK";
  const call = (...said) => w.helpdesk(...said);
  const tell = (name, detail) => w.dispatchEvent(new CustomEvent(`chatwoot:${name}`, { detail }));
  const has_any = (user) => ["avatar_url", "email", "name"].some((name) => user?.[name]);
  let who = {}, attributes = {}, labels = [], is_running;

  const say_attributes = (changed) => {
    attributes = { ...attributes, ...changed };
    for (const name in attributes) if (attributes[name] == null) delete attributes[name];
    call("identify", { ...who, attributes: { ...attributes, ...(labels.length && { labels: labels.join(", ") }) } });
  };

  const methods = {
    toggle: (state) => call({ open: "open", close: "close" }[state] || "toggle"),
    toggleBubbleVisibility: (state) => call(state === "hide" ? "hide" : "show"),
    // In a window of its own it would be another chat: whose it is, only this page's storage knows.
    popoutChatWindow: () => call("open"),
    setUser(identifier, user) {
      if (typeof identifier !== "string" && typeof identifier !== "number") throw new Error("Identifier should be a string or a number");
      if (!has_any(user)) throw new Error("User object should have one of the keys [avatar_url, email, name]");
      const { identifier_hash: hash, phone_number: phone, avatar_url, custom_attributes, ...own } = user;
      who = { ...own, user_id: String(identifier), ...(hash && { hash }), ...(phone && { phone }) };
      Object.assign(w.$chatwoot, { identifier, user });
      say_attributes(custom_attributes);
    },
    setCustomAttributes(said = {}) {
      if (!Object.keys(said).length) throw new Error("Custom attributes should have at least one key");
      say_attributes(said);
    },
    deleteCustomAttribute: (name) => say_attributes({ [name]: null }),
    setConversationCustomAttributes: (said) => methods.setCustomAttributes(said),
    deleteConversationCustomAttribute: (name) => methods.deleteCustomAttribute(name),
    setLabel(label) {
      labels = [...new Set([...labels, label])];
      say_attributes();
    },
    removeLabel(label) {
      labels = labels.filter((known) => known !== label);
      say_attributes();
    },
    setLocale(lang) {
      w.$chatwoot.locale = lang;
      call("update", { lang: tag(lang) });
    },
    setColorScheme() {}, // the widget is dark where the visitor's system is
    reset() {
      who = {};
      attributes = {};
      labels = [];
      Object.assign(w.$chatwoot, { identifier: undefined, user: undefined });
      call("logout");
    },
  };

  const tag = (locale) => locale.replace("_", "-");

  const run = ({ websiteToken, baseUrl }) => {
    if (is_running) return;
    is_running = true;
    const { locale, useBrowserLanguage, position, hideMessageBubble, type, launcherTitle } = w.chatwootSettings || {};
    const lang = locale ? tag(locale) : useBrowserLanguage ? navigator.language : "";
    const is_rtl = getComputedStyle(d.documentElement).direction === "rtl";
    const side = position && ((position === "left") === is_rtl ? "end" : "start");
    const inbox = look.inbox || websiteToken;
    w.$chatwoot = { ...methods, baseUrl, websiteToken: inbox, locale, position, type, hasLoaded: false, isOpen: false };
    call("on", "ready", () => setTimeout(() => {
      if (w.$chatwoot.hasLoaded) return;
      w.$chatwoot.hasLoaded = true;
      tell("ready");
    }));
    call("on", "open", () => {
      w.$chatwoot.isOpen = true;
      tell("opened");
    });
    call("on", "close", () => {
      w.$chatwoot.isOpen = false;
      tell("closed");
    });
    call("on", "message", ({ text, from }) => tell("on-message", { content: text, message_type: 1, sender: { name: from } }));
    call("on", "unread", (unreadMessageCount) => tell("on-unread-message-count-changed", { unreadMessageCount }));
    call("on", "error", (message) => tell("error", { message }));
    call("boot", {
      ...look,
      inbox,
      hidden: !!hideMessageBubble,
      ...(lang && { lang }),
      ...(side && { side }),
      ...(type === "expanded_bubble" && launcherTitle && { words: launcherTitle }),
    });
  };

  w.chatwootSDK = { run: (settings) => (d.body ? run(settings) : d.addEventListener("DOMContentLoaded", () => run(settings))) };
})(window, document);
