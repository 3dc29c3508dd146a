// <condition-group>: lines and a group inside come and go without asking the server; without scripts it does.
// A new line is a copy of the template of its field, under a token of its own (helpdesk/conditions/editing.py).
let made = 0;

class ConditionGroup extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("change", this);
    this.querySelectorAll(".asks-line").forEach((line) => this.fit(line));
  }

  handleEvent(event) {
    const row = event.target.closest("[data-row]");
    if (event.type === "change") return this.changed(event.target, row);
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-remove]")) this.take(event, row);
    if (button.matches("[data-add]")) this.add(event, button.closest(".asks-add").querySelector("[data-what]").value, row);
    if (button.matches("[data-group]")) this.add(event, "", null);
  }

  changed(control, row) {
    if (control.matches("select[data-match]")) (row ?? this).dataset.match = control.value;
    if (row?.matches(".asks-line")) this.fit(row);
  }

  add(event, kind, inner) {
    const template = [...this.querySelectorAll(":scope > template")].find((one) => one.dataset.kind === kind);
    if (!template) return;
    event.preventDefault();
    const own = `n${(made += 1)}`;
    const token = inner ? `${inner.querySelector("input[type=hidden]").value}.${own}` : own;
    const row = template.content.firstElementChild.cloneNode(true);
    for (const part of row.querySelectorAll("[name]")) {
      part.name = part.name.replace("__", token);
      if (part.matches("button")) part.value = part.value.replace("__", token); // other values are the team's own words
    }
    row.querySelector("input[type=hidden]").value = token;
    if (!kind) {
      const other = this.dataset.match === "all" ? "any" : "all";
      row.querySelector("select[data-match]").value = row.dataset.match = other;
    }
    (inner ?? this).querySelector("[data-lines]").append(row);
    if (kind) this.fit(row);
    row.querySelector("[data-first]")?.focus();
  }

  take(event, row) {
    event.preventDefault();
    const around = row.parentElement.closest("[data-row]") ?? this;
    row.remove();
    [...around.querySelectorAll("[data-add]")].at(-1)?.focus();
  }

  // What stands beside the comparison: one value, two, days, or nothing; and what is chosen, in words.
  fit(line) {
    const input = line.querySelector("[data-op]")?.selectedOptions[0]?.dataset.input;
    for (const value of line.querySelectorAll("[data-for]")) value.hidden = value.dataset.for !== input;
    const chosen = line.querySelector("[data-chosen]");
    if (!chosen) return;
    const labels = [...line.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent.trim());
    chosen.textContent = labels.join(", ") || chosen.dataset.none;
  }
}

customElements.define("condition-group", ConditionGroup);
