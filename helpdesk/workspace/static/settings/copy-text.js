// <copy-text><code>…</code><button hidden data-copied="Copied"><span>Copy</span></button></copy-text>
class CopyText extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    if (!this.button || !navigator.clipboard) return; // what is masked has no button; without a clipboard a click selects the text
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.copy());
  }

  async copy() {
    await navigator.clipboard.writeText(this.querySelector("code").textContent);
    const words = this.button.querySelector("span");
    const before = (this.before ??= words.textContent);
    words.textContent = this.button.dataset.copied;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (words.textContent = before), 2000);
  }
}

customElements.define("copy-text", CopyText);
