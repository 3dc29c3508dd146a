// <fold-away>: a long text, folded until its button is pressed. Drawn anew by live news, it stays as the reader left it.
class FoldAway extends HTMLElement {
  static observedAttributes = ["class"];
  isOpen = false;

  connectedCallback() {
    this.addEventListener("click", this);
  }

  attributeChangedCallback() {
    if (this.isOpen) this.classList.remove("is-folded");
  }

  handleEvent({ target }) {
    const button = target.closest(".fold-open, .fold-close");
    if (!button) return;
    this.isOpen = button.matches(".fold-open");
    this.classList.toggle("is-folded", !this.isOpen);
    this.querySelector(this.isOpen ? ".fold-close" : ".fold-open").focus();
  }
}

customElements.define("fold-away", FoldAway);
