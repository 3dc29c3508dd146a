// <toast-message>: leaves by itself after ten seconds, but never while it is hovered or holds
// the focus (WCAG 2.2.1); any [data-dismiss] inside closes it at once.

const LIFE = 10000;

class ToastMessage extends HTMLElement {
  connectedCallback() {
    for (const name of ["click", "pointerenter", "pointerleave", "focusin", "focusout"]) this.addEventListener(name, this);
    this.start();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  handleEvent(event) {
    if (event.type === "click") {
      if (event.target.closest("[data-dismiss]")) this.remove();
    } else if (event.type === "pointerenter" || event.type === "focusin") {
      clearTimeout(this.timer);
    } else {
      this.start();
    }
  }

  start() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remove(), LIFE);
  }
}

customElements.define("toast-message", ToastMessage);

/** Shows a toast from script: `template` is a <template> holding one; `text` replaces its words. */
export function showToast(template, text) {
  const toast = template.content.firstElementChild.cloneNode(true);
  if (text) toast.querySelector(".grow").textContent = text;
  document.getElementById("toasts").replaceChildren(toast);
}
