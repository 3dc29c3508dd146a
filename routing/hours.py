"""Business hours: how many seconds of a span somebody was there. Reckoned in UTC instants, so that the two
nights a year when the clock is changed come out right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from routing.models import BusinessHours

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """A schedule, ready to reckon with. `spans`: (weekday, start, end) as time of day, end None for midnight."""

    zone: ZoneInfo
    spans: tuple[tuple[int, time, time | None], ...]
    holidays: frozenset[date]

    def seconds(self, start: datetime, end: datetime) -> int:
        """Whole seconds of [start, end) (aware) inside the hours."""
        spent = (closes - opens for opens, closes in self.open_between(start, end))
        return int(sum(spent, timedelta()).total_seconds())

    def is_open(self, moment: datetime) -> bool:
        return any(self.open_between(moment, moment + timedelta(microseconds=1)))

    def next_opening(self, moment: datetime) -> datetime | None:
        """When somebody is there again, aware: `moment` itself where they are; None for none in three weeks."""
        return next((opens for opens, _closes in self.open_between(moment, moment + 21 * DAY)), None)

    def open_between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open parts of [start, end), as UTC instants, in order and without overlap."""
        until = start
        for opens, closes in sorted(self.stretches(start, end)):
            opens, closes = max(opens, until), min(closes, end)
            if opens < closes:
                yield opens, closes
                until = closes

    def stretches(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(self.zone).date() - DAY  # yesterday's night shift may reach into today
        last = end.astimezone(self.zone).date()
        while day <= last:
            if day not in self.holidays:
                for weekday, opens, closes in self.spans:
                    if weekday == day.weekday():
                        yield self.instants(day, opens, closes)
            day += DAY

    def instants(self, day: date, opens: time, closes: time | None) -> tuple[datetime, datetime]:
        last = day if closes is not None and closes > opens else day + DAY
        return self.instant(day, opens), self.instant(last, closes or time())

    def instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def business_seconds(start: datetime, end: datetime, department_id: int | None) -> int:
    """Whole seconds inside the department's hours, else the workspace's; without any it is always open."""
    hours = hours_of(department_id)
    return hours.seconds(start, end) if hours else max(0, int((end - start).total_seconds()))


def is_open(moment: datetime, department_id: int | None) -> bool:
    hours = hours_of(department_id)
    return hours is None or hours.is_open(moment)


def hours_of(department_id: int | None) -> Hours | None:
    """One small query; rows are not kept, so an edit counts at once in every process."""
    fitting = BusinessHours.objects.filter(Q(departments=department_id or 0) | Q(is_default=True))
    row = fitting.order_by("is_default").values_list("time_zone", "weekly", "holidays").first()
    return as_hours(*row) if row else None


def as_hours(time_zone: str, weekly: Iterable, holidays: Iterable) -> Hours:
    """A schedule from the JSON of its row."""
    return Hours(
        zone=ZoneInfo(time_zone),
        spans=tuple((day, read_time(opens), read_end(closes)) for day, opens, closes in weekly),
        holidays=frozenset(date.fromisoformat(day_of(each)) for each in holidays),
    )


def day_of(holiday: str | list[str]) -> str:
    return holiday if isinstance(holiday, str) else holiday[0]


def read_time(text: str) -> time:
    return time.fromisoformat(text)


def read_end(text: str) -> time | None:
    return None if text in ("24:00", "00:00") else time.fromisoformat(text)
