// The lines between the panes: range inputs, whose thumb stands on the line. A double click sets one back.
const root = document.documentElement.style;

for (const line of document.querySelectorAll(".pane-width")) {
  const { name } = line; // the CSS property: --list-width
  const show = () => {
    const width = localStorage.getItem(name);
    if (width) root.setProperty(name, `${width}rem`);
    else root.removeProperty(name);
    line.value = parseFloat(getComputedStyle(line).getPropertyValue(`${name}-now`));
  };
  line.addEventListener("input", () => {
    localStorage.setItem(name, line.value);
    show();
  });
  line.addEventListener("dblclick", () => {
    localStorage.removeItem(name);
    show();
  });
  addEventListener("resize", show);
  show();
}
