// Files of the composer: chosen, pasted or dropped, shown as chips with their size, each removable before sending. What is
// too much is said before it is sent; while it is sent, how far it is.

const input = (composer) => composer.querySelector("input[type=file]");

export function takeFiles(composer, event) {
  const files = event.type === "paste" ? event.clipboardData?.files : event.dataTransfer?.files;
  if (event.type === "dragover" && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  composer.classList.toggle("is-over", event.type === "dragover");
  if (event.type.startsWith("drag") || !files?.length) return;
  event.preventDefault();
  setFiles(composer, [...input(composer).files, ...files]);
}

function setFiles(composer, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input(composer).files = chosen.files;
  showFiles(composer);
}

function inWords(size) {
  const [unit, count] = size < 1e6 ? ["kilobyte", size / 1e3] : ["megabyte", size / 1e6];
  return new Intl.NumberFormat(document.documentElement.lang || undefined, { style: "unit", unit, maximumFractionDigits: count < 10 ? 1 : 0 }).format(count);
}

export function showFiles(composer) {
  const files = [...input(composer).files];
  const list = composer.querySelector(".chosen-files");
  const template = composer.querySelector("template[data-file]");
  list.hidden = !files.length;
  list.replaceChildren(
    ...files.map((file) => {
      const chip = template.content.firstElementChild.cloneNode(true);
      chip.querySelector("bdi").textContent = file.name;
      chip.querySelector("small").textContent = inWords(file.size);
      chip.querySelector("button").addEventListener("click", () => setFiles(composer, files.filter((each) => each !== file)));
      const words = chip.querySelector("textarea");
      words.hidden = !file.type.startsWith("image/");
      words.value = file.words ?? ""; // what a picture shows
      words.oninput = () => (file.words = words.value);
      return chip;
    }),
  );
  const isTooMuch = files.length > input(composer).dataset.most || files.reduce((sum, { size }) => sum + size, 0) > input(composer).dataset.largest;
  composer.querySelector(".too-much").hidden = !isTooMuch;
  for (const button of composer.querySelectorAll("button.send")) button.disabled = isTooMuch;
}

export function showProgress(composer, { loaded, total }) {
  const bar = composer.querySelector("progress");
  bar.hidden = !input(composer).files.length || loaded >= total;
  bar.value = loaded / total;
}
