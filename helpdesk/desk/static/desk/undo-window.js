// <undo-window seconds>: counts down, quietly (a screen reader is told once, not every second), and at the
// end takes the button away: from then on the answer is on its way.

class UndoWindow extends HTMLElement {
  connectedCallback() {
    this.end = Date.now() + Number(this.getAttribute("seconds")) * 1000;
    this.timer = setInterval(() => this.tick(), 250);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.ceil((this.end - Date.now()) / 1000);
    if (left > 0) return (this.querySelector("[data-left]").textContent = left);
    clearInterval(this.timer);
    this.querySelector("span").textContent = this.querySelector("[data-over]").innerHTML;
    this.querySelector("form")?.remove();
  }
}

customElements.define("undo-window", UndoWindow);
