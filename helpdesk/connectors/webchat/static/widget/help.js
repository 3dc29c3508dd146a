// The help tab: the most read articles, search as one types, reading without leaving the widget.

const REST = 250; // ms of rest before a search
const FINISHED = 1_500; // ms of rest after which it counts as a search

export class Help {
  asked = 0;

  constructor(server, words) {
    this.server = server;
    this.words = words;
    this.shelf = document.querySelector("#shelf");
    this.reader = document.querySelector("#reader");
    this.card = this.shelf.querySelector("[data-shelf]");
    this.form = this.shelf.querySelector("[data-search]");
    this.box = this.form.querySelector("input");
    this.box.addEventListener("input", () => this.search_soon());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search(true);
    });
    this.card.addEventListener("click", (event) => this.follow(event));
    this.reader.querySelector("[data-text]").addEventListener("click", (event) => this.follow(event));
    this.reader.querySelector("[data-back]").addEventListener("click", () => this.back());
    for (const button of this.reader.querySelectorAll("[data-helpful]")) {
      button.addEventListener("click", () => this.vote(button.dataset.helpful));
    }
  }

  async begin() {
    if (this.has_begun) return;
    this.has_begun = true;
    await this.show_most_read();
  }

  search_soon() {
    clearTimeout(this.soon);
    clearTimeout(this.done);
    this.soon = setTimeout(() => this.search(false), REST);
    if (this.query) this.done = setTimeout(() => this.search(true), FINISHED);
  }

  get query() {
    return this.box.value.trim();
  }

  async search(is_finished) {
    clearTimeout(this.soon);
    if (is_finished) clearTimeout(this.done);
    if (!this.query) return this.show_most_read();
    const query = { q: this.query, ...(is_finished ? { record: 1 } : {}) };
    await this.fill("/help/api/search", query, this.words.results);
  }

  async show_most_read() {
    await this.fill("/help/api/articles/top", {}, this.words.mostRead);
  }

  async fill(path, query, title) {
    const mine = ++this.asked;
    let results;
    try {
      ({ results } = await this.server.ask(path, { query }));
    } catch {
      return; // the help center is away: writing to us still works
    }
    if (mine !== this.asked) return; // an older answer that came late
    const template = document.querySelector("#t-article").content.firstElementChild;
    this.card.querySelector("[data-shelf-list]").classList.toggle("is-short", !query.q);
    this.card.querySelector("[data-shelf-list]").replaceChildren(
      ...results.map(({ id, title: name, url, summary, language }) => {
        const row = template.cloneNode(true);
        const link = row.querySelector("a");
        Object.assign(link, { href: url, lang: language });
        link.dataset.article = id;
        row.querySelector("strong").textContent = name;
        row.querySelector("small").textContent = summary || "";
        return row;
      }),
    );
    this.card.querySelector("[data-shelf-title]").textContent = title;
    this.card.querySelector("[data-shelf-none]").hidden = results.length > 0 || !query.q;
    this.card.hidden = results.length === 0 && !query.q;
  }

  // A link to an article is read here; every other link opens beside.
  follow(event) {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey) return;
    const anchor = link.getAttribute("href").startsWith("#") && document.getElementById(link.hash.slice(1));
    if (anchor) {
      event.preventDefault();
      anchor.scrollIntoView();
      return;
    }
    const here = link.origin === location.origin && /\/articles\/(\d+)/.exec(link.pathname);
    const article = link.dataset.article || (here && here[1]);
    if (!article) return;
    event.preventDefault();
    this.read(article, link);
  }

  async read(article, link) {
    let text;
    try {
      text = await this.server.ask(`/help/api/articles/${article}`);
    } catch {
      if (link) open(link.href, "_blank", "noopener");
      return;
    }
    this.article = article;
    this.came_from = link;
    this.reader.querySelector("[data-title]").textContent = text.title;
    this.reader.querySelector("[data-text]").innerHTML = text.html; // safe HTML of our own help center
    this.reader.querySelector(".prose").lang = text.language;
    this.reader.querySelector("[data-full]").href = text.url;
    this.reader.querySelector("[data-fallback]").hidden = !text.is_fallback;
    this.show_vote(null);
    this.shelf.hidden = true;
    this.reader.hidden = false;
    this.reader.querySelector(".scroll").scrollTop = 0;
    this.reader.querySelector("[data-title]").focus();
  }

  back() {
    this.reader.hidden = true;
    this.shelf.hidden = false;
    (this.came_from?.isConnected ? this.came_from : this.box).focus();
  }

  async vote(helpful) {
    this.show_vote(helpful);
    const form = new FormData();
    form.set("helpful", helpful);
    await this.server.ask(`/help/api/articles/${this.article}/vote`, { form }).catch(() => this.show_vote(null));
  }

  show_vote(helpful) {
    const vote = this.reader.querySelector("[data-vote]");
    vote.querySelector("[data-vote-ask]").hidden = helpful !== null;
    for (const button of vote.querySelectorAll("[data-helpful]")) button.hidden = helpful !== null;
    vote.querySelector("[data-vote-yes]").hidden = helpful !== "yes";
    vote.querySelector("[data-vote-no]").hidden = helpful !== "no";
  }
}
