// The form before a chat. What is answered goes with the first message; until it is, nothing is sent and nothing lost.

export class Ask {
  answers = null;

  constructor(server, composer, person) {
    this.server = server;
    this.composer = composer;
    this.person = person; // () -> what the site says of the visitor
    this.place = document.querySelector("[data-form]");
    this.place.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await this.check()) this.composer.box.focus();
    });
  }

  // The form as the server drew it; "" takes it away.
  show(html) {
    this.place.innerHTML = html; // from our server, escaped there
    this.composer.gate = html && (() => this.check());
  }

  async check() {
    const form = this.place.firstElementChild;
    const answers = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name.slice(7), value]));
    try {
      await this.server.ask("/widget/api/answers/", { json: { answers, who: this.person() } });
    } catch (error) {
      if (error.fields) this.refuse(error.fields);
      else if (error.status) this.composer.refuse(error.message);
      if (error.status) return false; // without a connection they are tried with the message
    }
    this.composer.refuse("");
    this.answers = answers;
    this.show("");
    return true;
  }

  // A message came back because of them: the form is there again, with what was answered.
  again({ fields, form }) {
    if (!this.place.firstElementChild) {
      this.show(form);
      for (const field of this.place.querySelectorAll("[name]")) field.value = this.answers?.[field.name.slice(7)] ?? "";
      this.answers = null;
    }
    this.refuse(fields);
  }

  refuse(fields) {
    for (const question of this.place.querySelectorAll("[data-question]")) {
      const reason = fields[question.dataset.question] || "";
      const line = question.querySelector("[data-wrong]");
      line.textContent = reason;
      line.hidden = !reason;
      question.querySelector("[name]").setAttribute("aria-invalid", Boolean(reason));
    }
    this.place.querySelector("[aria-invalid=true]")?.focus();
  }
}
