"""Mail that means harm, and the browser's watch over what becomes of it."""

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Frame, Page, Request, Route

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "samples" / "hostile" / "html.txt"
CORPUS = Path(os.environ.get("HELPDESK_CORPUS", ROOT.parent / "shared" / "corpus")) / "xss" / "cases.jsonl"
T = TypeVar("T")

# Runs before anything of a document does: whatever would show that a script ran leaves a word in `window.hostile`.
MARKER = """
window.hostile = [];
for (const name of ["alert", "confirm", "prompt", "print"]) {
  window[name] = (...words) => { window.hostile.push(`${name}: ${words}`); };
}
"""
# Every element hears what a hand could do to it; links are not followed.
POKE = """() => {
  document.addEventListener("click", (event) => event.preventDefault(), { capture: true });
  const deeds = ["mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "click", "dblclick", "contextmenu", "focus", "focusin",
    "blur", "keydown", "keypress", "keyup", "input", "change", "copy", "paste", "cut", "drag", "drop", "scroll", "wheel", "toggle",
    "animationstart", "animationend", "transitionend", "pointerover", "pointerdown", "touchstart", "load", "error", "resize", "submit"];
  for (const element of document.querySelectorAll("*"))
    for (const deed of deeds) element.dispatchEvent(new Event(deed, { bubbles: false, cancelable: true }));
  return window.hostile;
}"""
# What a document holds that may act, load or take the reader somewhere.
INVENTORY = """() => {
  const tags = "script,style,link,meta,base,iframe,frame,object,embed,applet,svg,math,form,input,button,select,textarea,video,audio,"
    + "source,track,dialog,details,template,noscript,portal,marquee,keygen,[autofocus],[contenteditable],[tabindex],[id],[name],[class],[style]";
  const found = [...document.body.querySelectorAll(tags)].map((each) => each.outerHTML.slice(0, 200));
  for (const each of document.body.querySelectorAll("*"))
    for (const { name, value } of each.attributes)
      if (/^(on|hx-|data-|xlink|srcset|background|ping|formaction|poster|srcdoc|target)/i.test(name)) found.push(`${name}=${value}`);
  for (const link of document.links)
    if (!["http:", "https:", "mailto:", "tel:"].includes(link.protocol)) found.push(link.href);
  for (const image of document.images)
    if (image.getAttribute("src")) found.push(`picture ${image.src}`);
  if (document.activeElement && document.activeElement !== document.body) found.push(`focus: ${document.activeElement.outerHTML}`);
  return found;
}"""


def payloads() -> list[str]:
    """Our own samples, then those of the corpus where it is at hand."""
    own = OWN.read_text().splitlines()
    corpus = CORPUS.read_text().splitlines() if CORPUS.exists() else []
    return own + [json.loads(line)["payload"] for line in corpus]


def batches(items: list[T], how_many: int) -> Iterator[list[T]]:
    """The items in at most `how_many` lists of one size."""
    size = -(-len(items) // how_many)
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class Watch:
    """Stands at a page's door: what asks for anything but our own pages and files is refused and written down."""

    def __init__(self, page: Page, origin: str) -> None:
        self.origin = origin
        self.seen: list[str] = []
        self.page = page
        page.add_init_script(MARKER)
        page.context.route("**/*", self.decide)
        page.on("dialog", self.note_dialog)
        page.on("popup", lambda popup: self.seen.append(f"popup {popup.url}"))
        page.on("download", lambda download: self.seen.append(f"download {download.url}"))

    def decide(self, route: Route, request: Request) -> None:
        if self.is_ours(request):
            route.continue_()
        else:
            self.seen.append(f"request {request.url}")
            route.abort()

    def is_ours(self, request: Request) -> bool:
        """A page or file of ours that our own page asked for; a mail's frame asks for itself and for files that came in it."""
        url = urlsplit(request.url)
        if f"{url.scheme}://{url.netloc}" != self.origin:
            return False
        if request.is_navigation_request() or is_top(request.frame):
            return url.path.startswith(("/desk/", "/static/", "/help/suggestions/", "/hostile/", "/favicon"))
        return url.path.startswith("/files/")

    def note_dialog(self, dialog) -> None:  # noqa: ANN001
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()


def is_top(frame: Frame) -> bool:
    return frame.parent_frame is None
