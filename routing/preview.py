"""The coming days of a schedule as they will be, special days and the change of the clock included: what its screen draws."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from routing.hours import DAY, Hours

DAYS = 7
MOST_SPECIAL = 6


@dataclass(frozen=True)
class OpenDay:
    """One day by the wall clock. `bars`: (from, how long) in minutes of the day; `words`: (opens, closes) as 09:00, and 24:00."""

    day: date
    bars: tuple[tuple[int, int], ...]
    words: tuple[tuple[str, str], ...]
    is_special: bool


@dataclass(frozen=True)
class Preview:
    days: list[OpenDay]
    hours: float  # open in these days
    is_open: bool
    opens_at: datetime | None  # in the schedule's zone; None where it is open, or never opens
    specials: list[tuple[date, tuple[tuple[time, time | None], ...]]]  # to come within a year


def preview(hours: Hours, now: datetime) -> Preview:
    """`now` is aware."""
    today = now.astimezone(hours.zone).date()
    begin, end = hours.instant(today, time()), hours.instant(today + DAYS * DAY, time())
    is_open, opening = hours.is_open(now), hours.next_opening(now)
    return Preview(
        days=[open_day(hours, today + number * DAY) for number in range(DAYS)],
        hours=round(hours.seconds(begin, end) / 3600, 1),
        is_open=is_open,
        opens_at=opening.astimezone(hours.zone) if opening and not is_open else None,
        specials=sorted(coming(hours, today), key=lambda each: each[0])[:MOST_SPECIAL],
    )


def open_day(hours: Hours, day: date) -> OpenDay:
    spans = hours.open_between(hours.instant(day, time()), hours.instant(day + DAY, time()))
    walls = [(opens.astimezone(hours.zone), closes.astimezone(hours.zone)) for opens, closes in joined(spans)]
    return OpenDay(
        day=day,
        bars=tuple((minute(opens, day), minute(closes, day) - minute(opens, day)) for opens, closes in walls),
        words=tuple((f"{opens:%H:%M}", wall_end(closes, day)) for opens, closes in walls),
        is_special=day in hours.special or (day.month, day.day) in hours.yearly,
    )


def joined(spans: Iterator[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Without seams: a shift that ends when the next begins is one."""
    found: list[tuple[datetime, datetime]] = []
    for opens, closes in spans:
        if found and found[-1][1] == opens:
            found[-1] = (found[-1][0], closes)
        else:
            found.append((opens, closes))
    return found


def minute(wall: datetime, day: date) -> int:
    """Of the day on the wall; the midnight that ends it is 1440."""
    return 24 * 60 if wall.date() > day else wall.hour * 60 + wall.minute


def wall_end(wall: datetime, day: date) -> str:
    return "24:00" if wall.date() > day else f"{wall:%H:%M}"


def coming(hours: Hours, today: date) -> Iterator[tuple[date, tuple[tuple[time, time | None], ...]]]:
    """The special days of a year from today on."""
    for number in range(366):
        day = today + timedelta(days=number)
        if day in hours.special or (day.month, day.day) in hours.yearly:
            yield day, hours.spans_on(day)
