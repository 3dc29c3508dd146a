// Pages written for Intercom go on with this script: what they ask of Intercom is done by our widget. It is sent behind
// the loader, in one file. For "LOOK" the server puts what it knows of the inbox whose key stands in the address.
((w, d) => {
  const look = "LOOK", queue = w.Intercom?.q || [];
  const call = (...said) => w.helpdesk(...said);
  let settings = {}, is_booted;

  // Of Intercom's settings, what says something about the page or the launcher and nothing about the visitor.
  const NOT_THE_VISITOR = /^(app_id|api_base|region|widgetUrl|user_hash|intercom_user_jwt|avatar|compan(y|ies)|installation_type|page_title|session_duration|language_override|custom_launcher_selector|alignment|z_index|(horizontal|vertical)_padding|hide_\w+|(action|background|link)_color)$/;

  const person = () => {
    const { user_id, email, user_hash: hash, intercom_user_jwt: jwt, company } = settings;
    const own = Object.entries(settings).filter(([name, value]) => value != null && !NOT_THE_VISITOR.test(name));
    const who = { ...Object.fromEntries(own), ...(company?.name && { company: company.name }) };
    if (hash) Object.assign(who, { hash, user_id: user_id || email });
    if (jwt) who.jwt = jwt;
    return who;
  };

  const methods = {
    boot(more) {
      settings = { ...w.intercomSettings, ...more };
      is_booted = true;
      const { app_id, language_override: lang, action_color, alignment, hide_default_launcher } = settings;
      const is_rtl = getComputedStyle(d.documentElement).direction === "rtl";
      const side = alignment && ((alignment === "left") === is_rtl ? "end" : "start");
      call("boot", {
        ...look,
        inbox: look.inbox || app_id,
        hidden: !!hide_default_launcher,
        who: person(),
        ...(lang && { lang }),
        ...(action_color && { colour: action_color }),
        ...(side && { side }),
      });
      const { horizontal_padding: x, vertical_padding: y } = settings;
      if (x != null || y != null) call("move", { x, y });
    },
    update(more) {
      if (!is_booted) return methods.boot(more);
      settings = { ...settings, ...more };
      if (more && "hide_default_launcher" in more) call(more.hide_default_launcher ? "hide" : "show");
      if (more?.language_override) call("update", { lang: more.language_override });
      if (more) call("identify", person());
      call("update");
    },
    shutdown() {
      is_booted = false;
      settings = {};
      call("shutdown");
    },
    show: () => call("open"),
    hide: () => call("close"),
    showSpace: (name) => call("open", name === "help" || name === "messages" ? { tab: name } : {}),
    showMessages: () => call("open", { tab: "messages" }),
    showNewMessage: (text) => call("open", { tab: "messages", text }),
    startConversation: (text) => call("open", { tab: "messages", text }),
    showConversation: () => call("open", { tab: "messages" }),
    showTicket: () => call("open", { tab: "messages" }),
    showArticle: (article) => call("open", { tab: "help", article }),
    trackEvent: (event, data) => call("track", event, data),
    onShow: (listener) => call("on", "open", () => listener()),
    onHide: (listener) => call("on", "close", () => listener()),
    onUnreadCountChange: (listener) => call("on", "unread", listener),
    onUserEmailSupplied: (listener) => call("on", "email", () => listener()),
    hideNotifications: (yes) => call("quiet", yes),
    getVisitorId: () => visitor(),
    whoami: () => console.info("helpdesk:", visitor(), person()),
    reattach_activator() {},
  };

  // The id stands open in the token; it is no secret, and without the token's signature it opens nothing.
  const visitor = () => {
    try {
      const said = JSON.parse(atob(localStorage[`helpdesk.${look.inbox || settings.app_id}.token`].split(":")[0].replace(/-/g, "+").replace(/_/g, "/")));
      return Array.isArray(said) ? said[0] : said;
    } catch {
      return undefined;
    }
  };

  const Intercom = (name, ...details) => {
    if (methods[name]) return methods[name](...details);
    console.info(`helpdesk: Intercom's "${name}" has nothing it could mean here.`);
  };

  const begin = () => {
    w.Intercom = Intercom;
    w.Intercom.booted = true;
    d.addEventListener("click", (event) => {
      const selector = settings.custom_launcher_selector;
      if (selector && event.target.closest?.(selector)) call("open");
    });
    const calls = [...queue];
    if (w.intercomSettings && !calls.some(([name]) => name === "boot")) methods.boot();
    for (const said of calls) Intercom(...said);
  };
  d.body ? begin() : d.addEventListener("DOMContentLoaded", begin);
})(window, document);
