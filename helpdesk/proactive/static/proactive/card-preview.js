// The card as it will look, while it is being written. Without scripts it shows what was saved last.
class CardPreview extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
    this.addEventListener("change", this);
  }

  handleEvent() {
    const sender = this.querySelector("[data-sender]").selectedOptions[0];
    const inbox = this.querySelector("[data-inbox]").selectedOptions[0];
    const name = sender.value ? sender.textContent : (inbox?.dataset.shop ?? "");
    const words = name.split(/\s+/).filter(Boolean);
    this.set("author", name);
    this.set("initials", [...new Set([words[0], words.at(-1)])].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase());
    this.set("text", this.querySelector("[data-text-of]").value);
    const face = this.querySelector("[data-initials]");
    const tint = (new TextEncoder().encode(name).reduce((sum, byte) => sum + byte, 0) % 8) + 1;
    face.className = `teaser-face teaser-face--${tint}`;
  }

  set(part, words) {
    this.querySelector(`[data-${part}]`).textContent = words;
  }
}

customElements.define("card-preview", CardPreview);
