// <recipients-line>: whom the answer goes to. Each chip carries its own hidden field; Enter, a comma or leaving the
// field makes a chip of what was typed, Backspace in the empty field takes the last one off.

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/;
const BETWEEN = /[,;\s<>]+/;

const addressOf = (chip) => chip.querySelector("input").value.toLowerCase();

class RecipientsLine extends HTMLElement {
  connectedCallback() {
    this.more = this.querySelector("[name=cc_more]");
    this.list = this.querySelector("[data-field=cc]");
    for (const name of ["click", "keydown", "focusout", "paste"]) this.addEventListener(name, this);
    document.addEventListener("htmx:oobAfterSwap", this);
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:oobAfterSwap", this);
  }

  handleEvent(event) {
    if (event.type === "htmx:oobAfterSwap") this.onFresh(event.target);
    else if (event.type === "click") this.onClick(event);
    else if (event.target !== this.more) return;
    else if (event.type === "keydown") this.onKey(event);
    else if (event.type === "paste") setTimeout(() => this.take());
    else this.take();
  }

  onClick(event) {
    const chip = event.target.closest("button")?.closest("li");
    if (chip) this.takeOff(chip);
  }

  onFresh(box) {
    const fresh = box.id === "fresh-recipients" && box.querySelector("template")?.content;
    if (fresh) this.follow(fresh);
  }

  /** The ticket has other people now: who joined stands here, who left does not. What the agent typed or took off stays so. */
  follow(fresh) {
    const known = this.querySelector("[name=known]");
    const now = fresh.querySelector("[name=known]").value;
    const [before, after] = [known.value, now].map((addresses) => new Set(addresses.toLowerCase().split(",")));
    const chips = [...this.querySelectorAll("li")];
    const shown = new Set(chips.map(addressOf));
    for (const chip of chips) if (before.has(addressOf(chip)) && !after.has(addressOf(chip))) chip.remove();
    for (const chip of fresh.querySelectorAll("li")) {
      const { field } = chip.parentElement.dataset;
      if (!before.has(addressOf(chip)) && !shown.has(addressOf(chip))) this.querySelector(`[data-field=${field}]`).append(chip);
    }
    known.value = now;
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const last = this.list.lastElementChild;
    if (event.key === "Backspace" && !this.more.value && last) this.takeOff(last);
    else if (!["Enter", ",", ";"].includes(event.key)) return;
    else if (this.more.value.trim()) this.take();
    event.preventDefault();
  }

  takeOff(chip) {
    const next = chip.nextElementSibling ?? chip.previousElementSibling;
    chip.remove();
    (next?.querySelector("button") ?? this.more).focus();
  }

  /** Chips of all the addresses typed; what is none stays in the field. */
  take() {
    const words = this.more.value.split(BETWEEN).filter(Boolean);
    const known = [...this.querySelectorAll("li")].map(addressOf);
    for (const address of words.filter((word) => ADDRESS.test(word))) {
      if (!known.includes(address.toLowerCase())) this.list.append(this.chip(address));
      known.push(address.toLowerCase());
    }
    this.more.value = words.filter((word) => !ADDRESS.test(word)).join(" ");
  }

  chip(address) {
    const chip = this.querySelector("template[data-chip]").content.firstElementChild.cloneNode(true);
    chip.querySelector("bdi").textContent = chip.querySelector("bdi").title = address;
    chip.querySelector("input").value = address;
    const words = this.querySelector("template[data-remove]").content.textContent;
    chip.querySelector("button").setAttribute("aria-label", words.replace("%s", address));
    return chip;
  }
}

customElements.define("recipients-line", RecipientsLine);
