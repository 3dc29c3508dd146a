"""Hours of a week and special days as people write them: "9-12:30, 13:30-18", "12-25 Christmas" and
"2026-12-24 9-13 Christmas Eve"."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?")
DAY_MINUTES = 24 * 60
# A date, the hours of that day if it has any, and its name.
SPECIAL = re.compile(
    rf"(\d{{4}}-\d{{2}}-\d{{2}}|\d{{2}}-\d{{2}})(?:\s+({SPAN.pattern}(?:\s*[,;]\s*{SPAN.pattern})*))?(?:\s+(.*))?"
)
LEAP_YEAR = 2024  # the 29th of February is a day of every year, too
MOST_SPECIAL = 400


def read_day(text: str) -> list[tuple[str, str]]:
    """The spans of one day, in order; [] for a day off. Raises ValidationError with the reason."""
    spans = [read_span(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]
    spans.sort()
    for (_opens, closes), (opens, _closes) in zip(spans, spans[1:], strict=False):
        if closes > opens or closes <= _opens:
            raise ValidationError(_("These hours overlap."))
    return spans


def read_span(text: str) -> tuple[str, str]:
    found = SPAN.fullmatch(text)
    if not found:
        raise ValidationError(
            _("“%(text)s” is not understood. Write hours as 9:00-12:30, 13:30-18:00.") % {"text": text}
        )
    opens, closes = minutes(found[1], found[2]), minutes(found[3], found[4])
    if opens >= DAY_MINUTES or closes > DAY_MINUTES or opens == closes:
        raise ValidationError(_("“%(text)s” is not a span of a day.") % {"text": text})
    return as_time(opens), as_time(closes)


def minutes(hours: str, more: str | None) -> int:
    if int(more or 0) > 59:
        raise ValidationError(_("An hour has 60 minutes."))
    return int(hours) * 60 + int(more or 0)


def as_time(total: int) -> str:
    return f"{total // 60:02}:{total % 60:02}"


def write_day(weekly: list, weekday: int) -> str:
    return write_spans(sorted((opens, closes) for day, opens, closes in weekly if day == weekday))


def read_holidays(text: str) -> list[list]:
    """One a line: a date as 2026-12-25, or 12-25 for every year; hours where somebody is there for a part of it; and, if
    wanted, its name. Sorted, each date once."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_SPECIAL:
        raise ValidationError(_("These are too many days."))
    found = {day: rest for day, *rest in map(read_special_day, lines)}
    return [[day, *rest] for day, rest in sorted(found.items())]


def read_special_day(line: str) -> list:
    found = SPECIAL.fullmatch(line)
    day, hours, name = (found[1], found[2], found[found.re.groups]) if found else ("", "", "")
    try:
        date.fromisoformat(day if len(day) > 5 else f"{LEAP_YEAR}-{day}")
    except ValueError:
        raise ValidationError(
            _("“%(line)s” does not begin with a date such as 2026-12-25, or 12-25 for every year.")
            % {"line": line[:60]}
        ) from None
    spans = [[list(span) for span in read_day(hours)]] if hours else []
    return [day, (name or "").strip(), *spans]


def write_holidays(holidays: list) -> str:
    rows = ([each, ""] if isinstance(each, str) else each for each in holidays)
    return "\n".join(" ".join(filter(None, (day, write_spans(*more), name))) for day, name, *more in rows)


def write_spans(spans: list = ()) -> str:
    return ", ".join(f"{opens}–{closes}" for opens, closes in spans)
