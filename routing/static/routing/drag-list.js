// Rows that can be dragged by their grip. The order stands in the form's hidden fields, as the buttons "up" and "down" beside
// it also change it; with the keyboard those are the way. With no data-form the page is told instead of the server.
// Near the upper and lower edge of what is in view the page scrolls along.
const EDGE = 56; // pixels
const SPEED = 12; // pixels a frame

function scrollerOf(element) {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}

class DragList extends HTMLElement {
  connectedCallback() {
    for (const grip of this.querySelectorAll("[data-grip]")) {
      grip.hidden = false;
      grip.addEventListener("pointerdown", (event) => this.begin(event, grip));
    }
  }

  begin(event, grip) {
    if (event.button !== 0) return;
    event.preventDefault();
    const row = grip.closest("[data-drag]");
    const before = this.order();
    row.classList.add("is-dragged");
    const listening = new AbortController(); // of the document: moving the row in the page would end a capture by its grip
    const during = (name, act) =>
      document.addEventListener(name, (later) => later.pointerId === event.pointerId && act(later), { signal: listening.signal });
    const scroller = scrollerOf(row);
    let y = event.clientY;
    let frame = 0;
    const scroll = () => {
      const box = scroller === document.scrollingElement ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
      const by = y < box.top + EDGE ? -SPEED : y > box.bottom - EDGE ? SPEED : 0;
      const before = scroller.scrollTop;
      if (by) scroller.scrollTop += by;
      if (scroller.scrollTop !== before) this.move(row, y);
      frame = requestAnimationFrame(scroll);
    };
    const end = () => {
      listening.abort();
      cancelAnimationFrame(frame);
      row.classList.remove("is-dragged");
      if (this.order() !== before) this.save();
    };
    during("pointermove", (moved) => {
      if (!frame) scroll(); // not before it moves: a grip that is only pressed near an edge moves nothing
      y = moved.clientY;
      this.move(row, y);
    });
    during("pointerup", end);
    during("pointercancel", end);
  }

  move(row, y) {
    const others = [...row.parentElement.querySelectorAll("[data-drag]")].filter((one) => one !== row);
    const next = others.find((one) => {
      const box = one.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    if (row.nextElementSibling !== (next || null)) row.parentElement.insertBefore(row, next || null);
  }

  order() {
    return [...this.querySelectorAll("[data-drag] > input[type=hidden]")].map((input) => input.value).join();
  }

  async save() {
    const form = document.getElementById(this.dataset.form);
    if (!form) {
      this.dispatchEvent(new Event("drag-list:moved", { bubbles: true }));
      return;
    }
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
    if (answer && (answer.ok || answer.type === "opaqueredirect")) {
      this.querySelector("[data-told]").textContent = this.dataset.said;
    } else {
      location.reload();
    }
  }
}

customElements.define("drag-list", DragList);
