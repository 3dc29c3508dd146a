"""Business hours: how many seconds of a span somebody was there, and when so many will have passed. Reckoned in UTC
instants, so that the two nights a year when the clock is changed come out right."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from routing.at_hand import AtHand, is_stamped
from routing.models import BusinessHours

DAY = timedelta(days=1)
FURTHEST = (
    3 * 366 * DAY
)  # nobody is promised anything beyond; a schedule that stays closed so long never opens
AT_ONCE = 28 * DAY
Span = tuple[time, time | None]  # None for midnight


@dataclass(frozen=True)
class Hours:
    """A schedule, ready to reckon with. `spans`: (weekday, start, end) as time of day, end None for midnight. On the days of
    `special`, and those of `yearly` by (month, day), other spans hold, or none; a date goes before a day of every year."""

    zone: ZoneInfo
    spans: tuple[tuple[int, time, time | None], ...]
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    yearly: Mapping[tuple[int, int], tuple[Span, ...]] = field(default_factory=dict)

    def seconds(self, start: datetime, end: datetime) -> int:
        """Whole seconds of [start, end) (aware) inside the hours."""
        spent = (closes - opens for opens, closes in self.open_between(start, end))
        return int(sum(spent, timedelta()).total_seconds())

    def after(self, start: datetime, seconds: int) -> datetime | None:
        """The first moment by which so many seconds of the hours have passed since `start` (aware): the inverse of
        `seconds`. None where that is never, or years away."""
        left, begin = timedelta(seconds=seconds), start
        if seconds <= 0:
            return start
        while begin < start + FURTHEST:
            for opens, closes in self.open_between(begin, begin + AT_ONCE):
                if closes - opens >= left:
                    return opens + left
                left -= closes - opens
            begin += AT_ONCE
        return None

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
            for opens, closes in self.spans_on(day):
                yield self.instants(day, opens, closes)
            day += DAY

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """What begins on this day."""
        if day in self.special:
            return self.special[day]
        if (month_day := (day.month, day.day)) in self.yearly:
            return self.yearly[month_day]
        return tuple((opens, closes) for weekday, opens, closes in self.spans if weekday == day.weekday())

    def instants(self, day: date, opens: time, closes: time | None) -> tuple[datetime, datetime]:
        last = day if closes is not None and closes > opens else day + DAY
        return self.instant(day, opens), self.instant(last, closes or time())

    def instant(self, day: date, at: time) -> datetime:
        """When the clock on the wall first shows this time, or would have: skipped by the change of the clock, it is the
        moment of the change."""
        naive = datetime.combine(day, at)
        moment = naive.replace(tzinfo=self.zone).astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) == naive:
            return moment
        before = naive.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        return change_between(before, moment, self.zone)


def change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone's clock was changed between the two."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def business_seconds(start: datetime, end: datetime, department_id: int | None) -> int:
    """Whole seconds inside the department's hours, else the workspace's; without any it is always open."""
    hours = hours_of(department_id)
    return hours.seconds(start, end) if hours else max(0, int((end - start).total_seconds()))


def is_open(moment: datetime, department_id: int | None) -> bool:
    hours = hours_of(department_id)
    return hours is None or hours.is_open(moment)


def hours_of(department_id: int | None) -> Hours | None:
    """As it stands now: an edit counts at once in every process. One question, and mostly none while rules are asked."""
    if not is_stamped():
        return read_hours(department_id)
    known = KNOWN.get()
    if department_id not in known:
        known[department_id] = read_hours(department_id)
    return known[department_id]


KNOWN: AtHand[dict[int | None, "Hours | None"]] = AtHand(dict)  # by department


def read_hours(department_id: int | None) -> Hours | None:
    fitting = BusinessHours.objects.filter(Q(departments=department_id or 0) | Q(is_default=True))
    row = fitting.order_by("is_default").values_list("time_zone", "weekly", "holidays").first()
    return as_hours(*row) if row else None


def as_hours(time_zone: str, weekly: Iterable, holidays: Iterable) -> Hours:
    """A schedule from the JSON of its row."""
    special: dict[date, tuple[Span, ...]] = {}
    yearly: dict[tuple[int, int], tuple[Span, ...]] = {}
    for each in holidays:
        day, spans = read_special(each)
        if len(day) == len("12-25"):
            yearly[int(day[:2]), int(day[3:])] = spans
        else:
            special[date.fromisoformat(day)] = spans
    return Hours(
        zone=ZoneInfo(time_zone),
        spans=tuple((day, read_time(opens), read_end(closes)) for day, opens, closes in weekly),
        special=special,
        yearly=yearly,
    )


def read_special(special: str | list) -> tuple[str, tuple[Span, ...]]:
    """The day and what is open on it, of any of the shapes that BusinessHours.holidays has."""
    if isinstance(special, str):
        return special, ()
    spans = special[2] if len(special) > 2 else []
    return special[0], tuple((read_time(opens), read_end(closes)) for opens, closes in spans)


def read_time(text: str) -> time:
    return time.fromisoformat(text)


def read_end(text: str) -> time | None:
    return None if text in ("24:00", "00:00") else time.fromisoformat(text)
