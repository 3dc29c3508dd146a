"""Dates as mail programs write them for people: `lun 5 gen 2026 alle ore 10:12`, `Monday, January 5, 2026 10:12 AM`."""

import contextlib
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from helpdesk.connectors.email.parsing.forwarded_words import AFTERNOON, MONTHS, MORNING

LONGEST = 120
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
RFC_5322 = re.compile(r"(?:\w{3}, ?)?\d{1,2} \w{3} \d{4} \d{1,2}:\d{2}(?::\d{2})? [+-]\d{4}")
TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:.h點点时]\s?(\d{2})(?:[:.](\d{2}))?(?!\d)")
NUMBERS = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
NUMBERS_BACKWARDS = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?!\d)")
OFFSET = re.compile(
    r"(?:GMT|UTC)?\s?([+-])(\d{1,2}):?(\d{2})?(?!\d)|\b(GMT|UTC|Z|CET|CEST|MEZ|MESZ|EET|EEST|EST|EDT|PST|PDT|BST)\b"
)
ZONES = {"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "BST": 1}  # fmt: skip


def read_written_date(value: str, *, before: datetime | None = None) -> datetime | None:
    """The moment, aware UTC, None when it can't be made out. Without a zone it is taken as UTC. Where day and month may be
    either, the later of the two that is not after `before` is meant."""
    value = re.sub(r"\s+", " ", DIRECTION.sub("", value[:LONGEST])).strip()
    if RFC_5322.match(value):
        with contextlib.suppress(TypeError, ValueError, OverflowError, IndexError):
            return parsedate_to_datetime(value).astimezone(UTC)
    clock = TIME.search(NUMBERS_BACKWARDS.sub(" ", NUMBERS.sub(" ", value)))
    days = [_moment(*day, clock, value) for day in _days(value)]
    possible = [one for one in days if one]
    if before and len(possible) == 2:
        possible = sorted(one for one in possible if one <= before + timedelta(days=1))[-1:] or possible
    return possible[0] if possible else None


def _days(value: str) -> list[tuple[int, int, int]]:
    """(year, month, day) that the words may mean; two where day and month can't be told apart."""
    if found := NUMBERS.search(value):
        return [(int(found[1]), int(found[2]), int(found[3]))]
    if found := NUMBERS_BACKWARDS.search(value):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        return [(year, int(found[2]), int(found[1])), (year, int(found[1]), int(found[2]))]
    # The last word that may be a month: the first may be the Tuesday of "mar. 6 juin".
    months = [number for word in re.findall(r"[^\W\d_]+", value.lower()) if (number := _month(word))]
    rest = TIME.sub(" ", value)
    year = re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", rest)
    day = re.search(r"(?<![\d+:-])([0-3]?\d)(?![\d:])", rest.replace(year[0], " ", 1)) if year else None
    return [(int(year[0]), months[-1], int(day[1]))] if year and day and months else []


def _month(word: str) -> int:
    return (
        MONTHS.get(word) or MONTHS.get(word[:4] if word.startswith("jui") else word[:3], 0)
        if len(word) > 2
        else 0
    )


def _moment(year: int, month: int, day: int, clock: re.Match[str] | None, value: str) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    if AFTERNOON.search(value) and hour < 12:
        hour += 12
    elif MORNING.search(value) and hour == 12:
        hour = 0
    rest = clock.string[clock.end() :] if clock else ""
    try:
        zone = _zone(rest)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(rest: str) -> timezone:
    found = OFFSET.search(rest)
    if not found:
        return UTC
    if found[4]:
        return timezone(timedelta(hours=ZONES.get(found[4], 0)))
    sign = -1 if found[1] == "-" else 1
    return timezone(sign * timedelta(hours=int(found[2]), minutes=int(found[3] or 0)))
