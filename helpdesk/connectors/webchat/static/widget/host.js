// The page around the frame. Only the window that holds us is heard, and only the origin that booted us is told.

const STORE = "helpdesk.alone";

export class Host extends EventTarget {
  place = { url: location.href, title: "", referrer: "" };
  is_open = false;

  begin() {
    if (window.parent === window) return this.begin_alone();
    addEventListener("message", (event) => this.hear(event));
    window.parent.postMessage({ helpdesk: "ready" }, "*"); // holds nothing; the answer names the origin
  }

  // Opened as a page of its own: there is nobody to keep the token but this page.
  begin_alone() {
    let token = "";
    try {
      token = localStorage.getItem(STORE) || "";
    } catch {}
    document.body.classList.add("is-alone");
    this.tell("boot", { token, who: {} });
    this.is_open = true;
    this.tell("open", {});
  }

  hear({ source, origin, data }) {
    if (source !== window.parent || !data || (this.origin && origin !== this.origin)) return;
    const { helpdesk: type, ...said } = data;
    if (type === "boot") this.origin = origin;
    if (!this.origin) return;
    if (said.url) this.place = { url: said.url, title: said.title, referrer: said.referrer };
    if (type === "open" || type === "close") this.is_open = type === "open";
    this.tell(type, said);
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  say(helpdesk, details = {}) {
    if (this.origin) window.parent.postMessage({ helpdesk, ...details }, this.origin);
  }

  // The token lives in the host page's storage: what a frame stores itself is kept apart or thrown away.
  keep(name, value) {
    this.say("keep", { name, value });
    if (window.parent === window && name === "token") {
      try {
        localStorage.setItem(STORE, value);
      } catch {}
    }
  }
}
