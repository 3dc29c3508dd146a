// Asking our own server: every call names the inbox and carries the visitor's token in a header.

export class Refusal extends Error {
  constructor(reason, status, { fields, form }) {
    super(reason);
    this.status = status;
    this.fields = fields; // of a form: what is wrong with each
    this.form = form; // the same form, to ask again
  }
}

export class Server {
  token = "";

  constructor(inbox, lang) {
    this.inbox = inbox;
    this.lang = lang;
  }

  // GET, or POST where there is `json` or a `form`; `keepalive`: also where the page goes meanwhile. Throws Refusal with
  // the server's sentence, TypeError offline.
  async ask(path, { query = {}, json, form, keepalive } = {}) {
    const url = new URL(path, location.origin);
    for (const [name, value] of Object.entries({ inbox: this.inbox, lang: this.lang, ...query })) {
      url.searchParams.set(name, value);
    }
    const headers = { "X-Visitor": this.token };
    if (json) headers["Content-Type"] = "application/json";
    const response = await fetch(url, {
      method: json || form ? "POST" : "GET",
      headers,
      keepalive,
      body: json ? JSON.stringify(json) : form,
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(answer.reason || "", response.status, answer);
    return answer;
  }
}
