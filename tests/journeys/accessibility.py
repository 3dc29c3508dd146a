"""What axe finds on a page: WCAG 2.0 to 2.2, levels A and AA."""

import os
from collections.abc import Iterator
from itertools import product

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,  # of sounds and of the turned phone; the screens have no rules of either
}
# Light or dark, left or right to left, desk or phone: each of them once. All eight, four times as long: AXE_ALL_LOOKS=1.
LOOKS = [("light", "ltr", 1280), ("dark", "rtl", 390)]
ALL_LOOKS = list(product(["light", "dark"], ["ltr", "rtl"], [1280, 390]))
COLOURS_HAVE_CHANGED = """async () => {
  const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });
  const moves = (one) => one instanceof CSSTransition && one.playState === "running";
  await frame();
  for (let times = 0; times < 30 && document.getAnimations().some(moves); times += 1) await frame();
  await frame();
}"""


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with the places: an empty list is what every screen must give."""
    page.wait_for_load_state()  # words can be read before the page's style sheets have come: no sizes yet
    page.evaluate(COLOURS_HAVE_CHANGED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes'][:5]]}" for rule in found]


def violations_in_every_look(page: Page) -> Iterator[str]:
    """The same for each look of the page, which is named before the rule."""
    for scheme, direction, width in ALL_LOOKS if os.environ.get("AXE_ALL_LOOKS") else LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        yield from (f"{scheme} {direction} {width}: {broken}" for broken in violations(page))
