"""Spans of time as people write them: "30 min", "4 h", "1 h 30 min", "2 d"."""

import re

from django.utils.translation import gettext as _

UNITS = {
    60: ("m", "min", "mins", "minute", "minutes", "minuti", "分", "分钟"),
    3600: ("h", "hr", "hrs", "hour", "hours", "ora", "ore", "oră", "小时", "时"),
    86400: ("d", "day", "days", "g", "giorno", "giorni", "zi", "zile", "天", "日"),
}
SIZES = {word: size for size, words in UNITS.items() for word in words}
PART = re.compile(r"\s*(\d{1,5})\s*([^\W\d_]*)\s*")
LONGEST_TEXT = 40


def read_span(text: str) -> int | None:
    """Seconds; None for what is no span. A number alone is minutes, but after hours: 1h30."""
    text, seconds, at, last = text.strip().lower(), 0, 0, 3600
    if not text or len(text) > LONGEST_TEXT:
        return None
    while at < len(text):
        found = PART.match(text, at)
        size = SIZES.get(found[2]) if found and found[2] else 60
        if found is None or size is None or (seconds and size >= last):
            return None
        seconds, at, last = seconds + int(found[1]) * size, found.end(), size
    return seconds


def write_span(seconds: int | None) -> str:
    """As `read_span` reads it; "" for none. Never in days: a day of business hours is another for everybody."""
    hours, rest = divmod(seconds or 0, 3600)
    parts = [(hours, _("%(count)s h")), (rest // 60, _("%(count)s min"))]
    return " ".join(words % {"count": count} for count, words in parts if count)
