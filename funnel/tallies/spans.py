"""Days and months as spans between two moments, cut in the reporting time zone and not in the database's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]  # in UTC; the end is no longer in it


def span_of_day(day: date, zone: ZoneInfo) -> Span:
    """23, 24 or 25 hours, where clocks change."""
    return first_moment(day, zone), first_moment(day + timedelta(days=1), zone)


def span_of_month(month: date, zone: ZoneInfo) -> Span:
    return first_moment(month, zone), first_moment(next_month(month), zone)


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def month_of(day: date) -> date:
    """The first day of its month, by which a month's tallies are known."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return month_of(month + timedelta(days=31))


def offsets_between(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[list[datetime], list[int]]:
    """The moments within the span at which clocks change, and the seconds ahead of UTC before, between and after them."""
    turns: list[datetime] = []
    offsets = [offset_at(start, zone)]
    before = start
    while before < end:
        after = min(before + timedelta(days=1), end)
        if offset_at(after, zone) != offsets[-1]:
            turns.append(turn_between(before, after, zone))
            offsets.append(offset_at(after, zone))
        before = after
    return turns, offsets


def turn_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second with the clock of `after`; between the two it changes once."""
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if offset_at(middle, zone) == offset_at(before, zone):
            before = middle
        else:
            after = middle
    return after


def offset_at(moment: datetime, zone: ZoneInfo) -> int:
    return int(moment.astimezone(zone).utcoffset().total_seconds())
