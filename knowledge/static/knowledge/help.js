// The help center's elements: results while typing, the vote without leaving the page, a door to the chat.
// The pages work without this file: the forms it enhances are plain ones, and mail is always there.

class HelpSearch extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=search]");
    this.list = this.querySelector(".help-found");
    this.input.addEventListener("input", (event) => event.isComposing || this.askSoon());
    this.input.addEventListener("compositionend", () => this.askSoon());
    this.addEventListener("keydown", (event) => this.move(event));
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || this.close());
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 150);
  }

  async ask() {
    const query = this.input.value.trim();
    this.asking?.abort();
    if (!query) return this.close();
    this.asking = new AbortController();
    const address = `${this.dataset.url}?${new URLSearchParams({ q: query, lang: this.dataset.language })}`;
    try {
      const answer = await fetch(address, { signal: this.asking.signal });
      if (answer.ok) this.show((await answer.json()).results.slice(0, 5));
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // without results while typing, Enter still searches
    }
  }

  show(results) {
    this.list.replaceChildren(...results.map((result) => entry(result)));
    this.list.setAttribute("aria-label", this.dataset.found);
    this.list.hidden = results.length === 0;
  }

  close() {
    this.list.hidden = true;
  }

  move(event) {
    if (event.isComposing || this.list.hidden) return;
    const stops = [this.input, ...this.list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      this.close();
      this.input.focus();
    } else if (step && stops.includes(document.activeElement)) {
      event.preventDefault();
      stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
    }
  }
}

function entry(result) {
  const link = document.createElement("a");
  link.href = result.url;
  link.lang = result.language;
  link.dir = "auto";
  link.textContent = result.title;
  const hint = document.createElement("small");
  hint.textContent = result.summary || result.snippet;
  link.append(hint);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

class HelpVote extends HTMLElement {
  connectedCallback() {
    this.status = this.querySelector("[role=status]");
    this.comment = this.querySelector(".help-vote-comment");
    this.addEventListener("submit", (event) => this.send(event));
  }

  async send(event) {
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form, event.submitter)),
    }).catch(() => null);
    if (!answer?.ok) {
      this.status.textContent = this.status.dataset.failed;
      return;
    }
    const { helpful } = await answer.json();
    for (const button of this.querySelectorAll("button[name=helpful]")) {
      button.setAttribute("aria-pressed", String((button.value === "yes") === helpful));
    }
    this.status.textContent = this.status.dataset.thanks;
    this.comment.hidden = helpful || form === this.comment;
  }
}

// Shown once the widget's own script is there.
class ChatButton extends HTMLElement {
  connectedCallback() {
    const script = document.querySelector("script[data-inbox]");
    if (window.helpdesk) this.hidden = false;
    else script?.addEventListener("load", () => (this.hidden = false));
    this.addEventListener("click", () => window.helpdesk("open"));
  }
}

customElements.define("chat-button", ChatButton);
customElements.define("help-search", HelpSearch);
customElements.define("help-vote", HelpVote);
