// The week's map is one stop of the Tab key; from there the arrow keys go to the next hour that has a number.

const STEPS = { ArrowDown: [24, 0], ArrowUp: [-24, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".heat a[data-hour]");
  if (!link || !(event.key in STEPS)) return;
  event.preventDefault();
  const next = neighbour(link, ...STEPS[event.key]);
  if (!next) return;
  link.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
});

// The hour a day further, or the next one of the same day; where it has no number, the one after.
function neighbour(link, days, hours) {
  const step = days || (document.dir === "rtl" ? -hours : hours);
  const from = Number(link.dataset.hour);
  const stays = (place) => place >= 0 && place < 168 && (days || Math.floor(place / 24) === Math.floor(from / 24));
  for (let place = from + step; stays(place); place += step) {
    const found = link.ownerSVGElement.querySelector(`a[data-hour="${place}"]`);
    if (found) return found;
  }
  return null;
}
