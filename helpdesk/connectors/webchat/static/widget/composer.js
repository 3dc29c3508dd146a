// Where the visitor writes. Enter sends, Shift-Enter breaks the line, and nothing is sent while an input method
// is composing. The half-written text is kept over a reload.

const TYPING_EVERY = 3_000;

export class Composer extends EventTarget {
  files = [];
  said_typing_at = 0;

  constructor(words) {
    super();
    this.words = words;
    this.form = document.querySelector("[data-composer]");
    this.box = this.form.querySelector("textarea");
    this.refusal = this.form.querySelector("[data-refusal]");
    this.most_files = Number(this.form.dataset.mostFiles);
    this.most_bytes = Number(this.form.dataset.mostBytes);
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("paste", (event) => this.paste(event));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.picker = this.form.querySelector("[data-files]");
    this.picker.addEventListener("change", () => {
      this.add_files(this.picker.files);
      this.picker.value = "";
    });
    this.face = this.form.querySelector("[data-emoji]");
    this.face.addEventListener("click", async () => (await import(this.face.dataset.emoji)).toggle(this));
    const screen = document.querySelector("#messages");
    screen.addEventListener("dragover", (event) => event.preventDefault());
    screen.addEventListener("drop", (event) => this.add_files(event.dataTransfer.files, event));
  }

  press(event) {
    // 229: Safari ends the composition before it tells of the Enter that ended it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  changed() {
    this.form.classList.toggle("is-ready", Boolean(this.box.value.trim() || this.files.length));
    if (!CSS.supports("field-sizing", "content")) {
      this.box.style.height = "auto";
      this.box.style.height = `${this.box.scrollHeight}px`;
    }
    try {
      sessionStorage.setItem("helpdesk.draft", this.box.value);
    } catch {}
    if (this.box.value && Date.now() - this.said_typing_at > TYPING_EVERY) {
      this.said_typing_at = Date.now();
      this.dispatchEvent(new Event("typing"));
    }
  }

  restore() {
    try {
      this.write(sessionStorage.getItem("helpdesk.draft") || "");
    } catch {}
  }

  // Put this text there, unless the visitor has begun one.
  write(text) {
    if (!text || this.box.value) return;
    this.box.value = text;
    this.changed();
  }

  // What came back unsent.
  take_back({ text, files }) {
    this.box.value = [this.box.value, text].filter(Boolean).join("\n");
    this.add_files(files);
    this.changed();
  }

  async submit(event) {
    event.preventDefault();
    const text = this.box.value.trim();
    if (!text && !this.files.length) return this.box.focus();
    if (this.gate && (this.is_asking || !(await this.passes()))) return;
    const { files } = this;
    this.files = [];
    this.box.value = "";
    this.refuse("");
    this.draw_files();
    this.box.focus();
    this.send(text, files);
  }

  // By keyboard one goes on in the box: the button is about to go.
  say(button) {
    if (button.matches(":focus-visible")) this.box.focus();
    this.send(button.textContent, []);
  }

  send(text, files) {
    const detail = { uuid: crypto.randomUUID?.() ?? random_uuid(), text, files };
    this.dispatchEvent(new CustomEvent("message", { detail }));
  }

  // What has to be done before anything is sent, once at a time.
  async passes() {
    this.is_asking = true;
    try {
      return await this.gate();
    } finally {
      this.is_asking = false;
    }
  }

  // A picture; not the picture of a text that an office program puts beside the text.
  paste(event) {
    if (!event.clipboardData.types.includes("text/plain")) this.add_files(event.clipboardData.files, event);
  }

  add_files(list, event) {
    if (!list?.length) return;
    event?.preventDefault();
    this.refuse("");
    for (const file of list) {
      if (this.files.length >= this.most_files) this.refuse(this.words.tooMany);
      else if (file.size > this.most_bytes) this.refuse(this.words.tooLarge.replace("NAME", file.name));
      else this.files.push(file);
    }
    this.draw_files();
  }

  draw_files() {
    const template = document.querySelector("#t-chosen").content.firstElementChild;
    this.form.querySelector("[data-chosen]").replaceChildren(
      ...this.files.map((file) => {
        const row = template.cloneNode(true);
        row.querySelector("span").textContent = file.name;
        row.querySelector("button").addEventListener("click", () => {
          this.files = this.files.filter((one) => one !== file);
          this.draw_files();
        });
        return row;
      }),
    );
    this.changed();
  }

  refuse(reason) {
    this.refusal.textContent = reason;
    this.refusal.hidden = !reason;
  }
}

// A page without https has no crypto.randomUUID.
function random_uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
