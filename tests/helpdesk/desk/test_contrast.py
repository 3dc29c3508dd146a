"""The colours of the visual language, as numbers: WCAG 2.2 AA in both themes."""

import math
import re
from pathlib import Path

import pytest

TOKENS = Path("helpdesk/static/css/tokens.css").read_text()
SURFACES = ["surface-0", "surface-1", "surface-2", "surface-3"]
WORDS = ["text-1", "text-2", "text-3", "accent", "accent-strong", "ok", "warn", "bad"]
PAIRS = [
    *((word, ground, 4.5) for word in WORDS for ground in [*SURFACES, "accent-tint", "note"]),
    *((word, f"{word}-tint", 4.5) for word in ("ok", "warn", "bad")),
    *((f"text-{n}", f"{tint}-tint", 4.5) for n in (1, 2, 3) for tint in ("ok", "warn", "bad")),
    *(("text-1", f"tint-{n}", 4.5) for n in range(1, 9)),
    ("note-text", "note", 4.5),
    ("bad-strong", "bad-tint", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-strong", 4.5),
    ("rail-text", "rail", 4.5),
    ("rail-bright", "rail-on", 4.5),
    *((mark, ground, 3.0) for mark in ("line-strong", "focus") for ground in SURFACES),
    *((f"series-{n}", ground, 3.0) for n in (*range(1, 7), "rest") for ground in SURFACES[:2]),
]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance of an oklch colour (Ottosson's matrices), clipped to what a screen shows."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1, max(0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def read_tokens() -> dict[str, tuple[float, float]]:
    """Name -> luminance by day and by night."""
    found = {}
    for name, value in re.findall(r"--([\w-]+): ([^;]*oklch[^;]*);", TOKENS):
        colours = [
            tuple(map(float, each)) for each in re.findall(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", value)
        ]
        if colours:
            found[name] = (luminance(*colours[0]), luminance(*colours[-1]))
    return found


@pytest.mark.parametrize(("theme", "index"), [("light", 0), ("dark", 1)])
def test_words_and_marks_stand_out_from_every_ground_they_are_put_on(theme, index):
    tokens = read_tokens()
    too_weak = []
    for mark, ground, needed in PAIRS:
        brighter, darker = sorted((tokens[mark][index], tokens[ground][index]), reverse=True)
        ratio = (brighter + 0.05) / (darker + 0.05)
        if ratio < needed:
            too_weak.append(f"{mark} on {ground}: {ratio:.2f} < {needed}")
    assert not too_weak
