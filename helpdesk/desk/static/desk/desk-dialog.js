// <desk-dialog>: what it holds is shown over the desk, and gone when it is closed.

class DeskDialog extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => (menu.open = false));
    dialog.addEventListener("close", () => this.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.showModal();
  }
}

customElements.define("desk-dialog", DeskDialog);
