// <fold-away>: a long text, folded until its button is pressed. Without this script it is simply all there.
class FoldAway extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector(":scope > button");
    this.button.addEventListener("click", this);
    this.button.hidden = false;
    this.classList.add("is-folded");
  }

  handleEvent() {
    const { textContent, dataset } = this.button;
    const isFolded = this.classList.toggle("is-folded");
    this.button.setAttribute("aria-expanded", String(!isFolded));
    [this.button.textContent, dataset.other] = [dataset.other, textContent];
  }
}

customElements.define("fold-away", FoldAway);
