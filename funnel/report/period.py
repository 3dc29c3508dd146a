"""A span of whole days in the workspace's reporting time zone, and the span to compare it with."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from funnel.tallies.spans import first_moment


@dataclass(frozen=True)
class Period:
    """From the first moment of `since` to the last of `until`, both days included."""

    since: date
    until: date
    zone: ZoneInfo

    # Kept, and in UTC: `holds` is asked some hundred thousand times a report.
    @cached_property
    def start(self) -> datetime:
        return first_moment(self.since, self.zone)

    @cached_property
    def end(self) -> datetime:
        """The first moment that is no longer in it."""
        return first_moment(self.until + timedelta(days=1), self.zone)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def is_whole_months(self) -> bool:
        return self.since.day == 1 and self.until.day == days_in_month(self.until)

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.end

    def is_covered_since(self, moment: datetime) -> bool:
        """Whether records that begin at `moment` cover it, but for a tenth at most."""
        return moment - self.start <= (self.end - self.start) / 10

    def months(self) -> Iterator[date]:
        """The first day of each month it touches."""
        month = self.since.replace(day=1)
        while month <= self.until:
            yield month
            month = add_months(month, 1)

    def previous(self) -> "Period":
        """As many whole months before whole months, else as many days directly before."""
        before = self.since - timedelta(days=1)
        if self.is_whole_months:
            return Period(add_months(self.since, -len(list(self.months()))), before, self.zone)
        return Period(self.since - timedelta(days=self.days), before, self.zone)


def month_of(day: date) -> str:
    """ "2026-01": a report's months are known by that."""
    return day.isoformat()[:7]


def days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def add_months(first: date, count: int) -> date:
    """The first day of the month `count` months away from the month that begins on `first`."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def last_months(count: int, *, today: date, zone: ZoneInfo) -> Period:
    """The month of `today` to its end, and the months before it, `count` in all."""
    since = add_months(today.replace(day=1), 1 - count)
    return Period(since, today.replace(day=days_in_month(today)), zone)


def last_days(count: int, *, today: date, zone: ZoneInfo) -> Period:
    return Period(today - timedelta(days=count - 1), today, zone)


def a_year_before(period: Period) -> Period:
    """The same days of the year before; the 29th of February has the 28th."""
    return Period(year_before(period.since), year_before(period.until, is_last=True), period.zone)


def year_before(day: date, *, is_last: bool = False) -> date:
    first = date(day.year - 1, day.month, 1)
    if is_last and day.day == days_in_month(day):
        return first.replace(day=days_in_month(first))
    return first.replace(day=min(day.day, days_in_month(first)))
