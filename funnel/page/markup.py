"""Small markup that stands on the page dozens of times, written here because a template would take its time with it."""

import re
from collections.abc import Iterable
from html import escape
from typing import Protocol

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from funnel.pictures.svg import link, tag, words

# Words, the percent sign, "about"; with the spaces around them, which would be wide in a large figure.
UNITS = re.compile(r"\s*(?:[^\W\d_]+|[%\u2248])\s*")


class Second(Protocol):
    """A second figure of a tile."""

    key: str
    label: str
    figure: str
    before: str
    url: str


def shrink_units(figure: str) -> SafeString:
    """ "13 min 30 s" with "min" and "s" in small letters. A figure holds no markup of its own."""
    small = UNITS.sub(lambda unit: f'<span class="tile-unit">{unit[0]}</span>', escape(figure))
    return mark_safe(small)  # noqa: S308 - escaped before


def list_seconds(seconds: Iterable[Second]) -> SafeString:
    """The second figures of a tile as the rows of a <dl>."""
    return mark_safe("".join(map(second_row, seconds)))  # noqa: S308 - escaped in each row


def second_row(second: Second) -> str:
    label, figure = escape(second.label), f"<bdi>{escape(second.figure)}</bdi>"
    if second.url:
        name = f"{label}: {escape(second.figure)}"
        figure = f'<a href="{escape(second.url)}" aria-label="{name}">{figure}</a>'
    if second.before:
        figure += f' <span class="tile-before">{escape(say_was(second.before))}</span>'
    return f'<div data-figure-part="{second.key}"><dt>{label}</dt><dd>{figure}</dd></div>'


def number_cells(numbers: Iterable[tuple[str, str]]) -> SafeString:
    """Cells of a table from (figure, where it leads or "")."""
    cells = (tag("td", link(words(figure), url), class_="number") for figure, url in numbers)
    return mark_safe("".join(cells))  # noqa: S308 - written by tag(), which escapes


def say_was(before: str) -> str:
    return _("was %(before)s") % {"before": before}
