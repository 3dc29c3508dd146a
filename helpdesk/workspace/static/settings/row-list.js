// Rows that are added from a template and removed, without asking the server; without scripts it does.
// <row-list>
//   <div data-rows>… <div data-row>… <button data-up>…</button> <button data-down>…</button> <button data-remove>…</button></div></div>
//   <select data-kinds>…</select><button data-add>…</button>   the chosen value names the template
//   <template data-kind="…"><div data-row>…</div></template>
// </row-list>
class RowList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("change", this);
    this.querySelectorAll("[data-row]").forEach((row) => this.fit(row));
  }

  handleEvent(event) {
    if (event.type === "change") {
      const row = event.target.closest("[data-row]");
      if (row) this.fit(row);
      return;
    }
    const button = event.target.closest("button");
    if (button?.matches("[data-remove]")) this.remove_(event, button);
    if (button?.matches("[data-add]")) this.add(event);
    if (button?.matches("[data-up], [data-down]")) this.move(button);
  }

  add(event) {
    const kind = this.querySelector("[data-kinds]")?.value ?? "";
    const template = [...this.querySelectorAll("template")].find((each) => (each.dataset.kind ?? "") === kind);
    if (!template) return;
    event.preventDefault();
    const row = template.content.firstElementChild.cloneNode(true);
    this.querySelector("[data-rows]").append(row);
    this.fit(row);
    (row.querySelector("[data-first]") ?? row.querySelector("input:not([type=hidden]), select, textarea, button")).focus();
  }

  remove_(event, button) {
    event.preventDefault();
    button.closest("[data-row]").remove();
    this.querySelector("[data-add]")?.focus();
  }

  // The button keeps the focus, so that pressing it again goes on.
  move(button) {
    const row = button.closest("[data-row]");
    const other = button.matches("[data-up]") ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    button.matches("[data-up]") ? other.before(row) : other.after(row);
    button.focus();
  }

  // A comparison such as "is empty" needs no value beside it.
  fit(row) {
    const operator = row.querySelector("[data-operator]");
    const value = row.querySelector("[data-value]");
    if (operator && value) value.hidden = operator.selectedOptions[0]?.hasAttribute("data-alone") ?? false;
  }
}

customElements.define("row-list", RowList);
