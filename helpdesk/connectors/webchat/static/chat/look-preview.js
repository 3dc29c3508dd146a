// <look-preview>: a form, and beside it the widget as the form has it. The server draws the widget's own page from the
// form, unsaved, into a new frame that takes the place of the one before: nothing flickers, and nothing is added to the
// browser's history. Without scripts a button draws it.
const WAIT = 400;

class LookPreview extends HTMLElement {
  drawn = 1_000; // frames so far; their names sort by it

  connectedCallback() {
    this.form = this.querySelector("form");
    this.shown = this.querySelector("iframe");
    this.drawer = this.form.querySelector("[data-draw]");
    this.drawer.hidden = true;
    this.picker = this.form.querySelector("[data-picker]");
    this.picker.hidden = false;
    this.form.addEventListener("input", (event) => this.change(event.target));
    this.form.addEventListener("focusin", (event) => this.look_where(event.target));
    this.draw();
  }

  change(field) {
    const { colour } = this.form.elements;
    if (field === this.picker) colour.value = this.picker.value;
    if (field === colour && is_colour(colour.value)) this.picker.value = colour.value;
    this.draw_button();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), WAIT);
  }

  // A text is shown where it stands: in its language, on its tab.
  look_where(field) {
    const { language, tab } = this.form.elements;
    const name = field.name ?? "";
    const said_in = field.dataset.saidIn;
    const on_tab = name.endsWith("intro") ? "messages" : name.endsWith("greeting") || name === "team" ? "help" : "";
    const is_other = (said_in && said_in !== language.value) || (on_tab && on_tab !== this.shown_tab());
    if (said_in) language.value = said_in;
    this.wanted_tab = on_tab;
    if (is_other) {
      tab.value = on_tab || this.shown_tab();
      this.draw();
    }
  }

  shown_tab() {
    return this.shown?.contentDocument?.querySelector(".app")?.dataset.tab || "help";
  }

  draw() {
    this.form.elements.tab.value = this.wanted_tab || this.shown_tab();
    const next = this.shown.cloneNode();
    next.name = `look-${++this.drawn}`;
    next.hidden = true;
    this.shown.after(next);
    next.addEventListener("load", () => this.show(next));
    this.drawer.formTarget = next.name;
    this.drawer.hidden = false; // what is hidden can't be pressed in every browser
    this.form.requestSubmit(this.drawer);
    this.drawer.hidden = true;
    this.draw_button();
  }

  show(frame) {
    if (!frame.contentDocument?.querySelector(".app")) return; // not there yet, or refused
    this.shown = frame;
    if (frame.name === `look-${this.drawn}`) this.wanted_tab = ""; // until then the tab before the eyes is an older one
    frame.hidden = false;
    for (const other of this.querySelectorAll("iframe")) if (other !== frame && other.name < frame.name) other.remove();
  }

  draw_button() {
    const { colour, side, launcher, launcher_words } = this.form.elements;
    const value = is_colour(colour.value) ? colour.value : "";
    const light = value ? luminance(value) : 0;
    const mock = this.querySelector("[data-launcher]");
    mock.dataset.side = side.value;
    mock.style.setProperty("--colour", value || "#1c6773");
    mock.style.setProperty("--on", value && (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? "#000" : "#fff");
    const own = this.form.elements[`${this.form.elements.language.value}_launcher_words`]?.value;
    const words = launcher.value === "words" ? own || launcher_words.value : "";
    mock.querySelector("[data-words]").textContent = words;
    this.querySelector("[data-pale]").hidden = !value || 1.05 / (light + 0.05) >= 3;
  }
}

const is_colour = (value) => /^#[0-9a-f]{6}$/i.test(value);

// Relative luminance, WCAG 2.2.
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

customElements.define("look-preview", LookPreview);
