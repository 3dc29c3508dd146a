"""Setting a sheet of sheets/ with Typst, in our own fonts. What is shown goes in as data, never as markup."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

SHEETS = Path(__file__).resolve().parent / "sheets"
FONTS = Path(__file__).resolve().parent.parent / "fonts"
ONE_AT_A_TIME = Lock()  # a second sheet in the same process would only take its memory as well


def set_pdf(sheet: str, given: dict[str, Any], *, at: datetime) -> bytes:
    """`sheet` names a file of sheets/; `given` is what it shows, as plain JSON types. Written down as made `at`."""
    made_at = at.astimezone(UTC).replace(microsecond=0)  # Typst knows whole seconds
    with ONE_AT_A_TIME:
        return typst.compile(SHEETS / f"{sheet}.typ", format="pdf", timestamp=made_at, **shared(given))


def set_png(sheet: str, given: dict[str, Any], *, density: float) -> bytes:
    """`density` is in pixels per inch, of which a point is the 72nd part."""
    with ONE_AT_A_TIME:
        return typst.compile(SHEETS / f"{sheet}.typ", format="png", ppi=density, **shared(given))


def shared(given: dict[str, Any]) -> dict[str, Any]:
    return {"root": SHEETS, "font_paths": fonts(), "sys_inputs": {"given": json.dumps(given)}}


@cache
def fonts() -> typst.Fonts:
    """Ours, and those of the system for the characters that ours lack. Looked for once a process."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[FONTS])
