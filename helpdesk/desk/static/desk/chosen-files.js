// Files of the composer: chosen, pasted or dropped, shown as chips, each removable before sending.

const input = (composer) => composer.querySelector("input[type=file]");

export function takeFiles(composer, event) {
  const files = event.type === "paste" ? event.clipboardData?.files : event.dataTransfer?.files;
  if (event.type === "dragover" && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  composer.classList.toggle("is-over", event.type === "dragover");
  if (event.type !== "paste" && event.type !== "drop") return;
  if (!files?.length) return;
  event.preventDefault();
  setFiles(composer, [...input(composer).files, ...files]);
}

function setFiles(composer, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input(composer).files = chosen.files;
  showFiles(composer);
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
      chip.querySelector("button").addEventListener("click", () => setFiles(composer, files.filter((each) => each !== file)));
      return chip;
    }),
  );
}
