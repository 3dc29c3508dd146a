"""Hours of the week in which people write and nobody answers for long."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from funnel.invest.desk import Desk, in_months, sampled
from funnel.invest.evidence import median_interval
from funnel.invest.findings import Finding
from funnel.invest.week import A_WEEK, Stretch, span_of, stretches_of
from funnel.report.estimates import percentile

LEAST_IN_SPAN, LEAST = 4, 20  # answered conversations in two hours of the week, in the whole stretch
TIMES, SECONDS = 3, 1800  # slow: three times the median and at least half an hour above it
LEAST_SHARE = 0.02  # of the new conversations
MOST = 3  # stretches of one part of the desk
PASSES = 2  # the long nights found first would make the days look slow too
EVERYBODY = "all"
KEPT_TICKETS = 200
Asked = tuple[int, datetime, int]  # ticket, when it began to wait, seconds to the first answer


def find_hours_without_cover(desk: Desk, known: frozenset[str]) -> Iterator[Finding]:
    """Stretches of the week of the whole desk, then of departments where the desk as a whole is not slow."""
    asked, step = asked_in(desk)
    slow_for_all: set[int] = set()
    for department in (EVERYBODY, *map(str, desk.departments)):
        own = [tuple(each) for place, *each in asked if department in (EVERYBODY, place)]
        part = Part(desk, department, own, step)
        stretches = part.slow_stretches(slow_for_all)
        decided = [Stretch.from_word(word) for place, word in map(split, known) if place == department]
        # One that somebody has decided on keeps its hours, though its edges may move a little from month to month.
        fresh = [stretch for stretch in stretches if not any(alike(stretch, each) for each in decided)]
        for stretch in (*decided, *fresh):
            yield from part.measure(stretch, is_decided=stretch in decided, slow=stretches)
        if department == EVERYBODY:
            slow_for_all.update(span for stretch in stretches for span in stretch.spans)


def asked_in(desk: Desk) -> tuple[list[tuple[str, int, datetime, int]], int]:
    """(department, ticket, moment in the reporting time zone, seconds waited) of three months; for how many each stands."""
    rows, step = sampled(desk.conversations(desk.quarter, "queued_at").exclude(first_response=None))
    zone = desk.edition.zone
    values = rows.values_list("department", "ticket", "queued_at", "first_response")
    return [
        (str(department), ticket, at.astimezone(zone), wait) for department, ticket, at, wait in values
    ], step


class Part:
    """The desk, or a department of it, by the hours of the week."""

    def __init__(self, desk: Desk, department: str, asked: list[Asked], step: int) -> None:
        self.desk, self.department, self.asked, self.step = desk, department, asked, step
        self.spans: list[list[int]] = [[] for _span in range(A_WEEK)]
        for _ticket, at, wait in asked:
            self.spans[span_of(at.weekday(), at.hour)].append(wait)

    def slow_stretches(self, elsewhere: Iterable[int]) -> list[Stretch]:
        """Those that hold enough, are slower beyond chance, and are not slow for everybody anyway; longest waits first."""
        slow: list[bool | None] = [False] * A_WEEK
        for _pass in range(PASSES):
            slow = self.slow_spans(slow)
        known = frozenset(elsewhere)
        found = [each for each in stretches_of(slow) if self.is_clear(each) and not each.spans & known]
        return sorted(found, key=lambda stretch: -len(self.waits_in(stretch)))[:MOST]

    def slow_spans(self, slow_before: list[bool | None]) -> list[bool | None]:
        """By span, whether its median is far above that of the spans not known to be slow; None of too few."""
        typical = percentile(
            [
                wait
                for waits, is_slow in zip(self.spans, slow_before, strict=True)
                if not is_slow
                for wait in waits
            ],
            0.5,
        )
        if typical is None:
            return slow_before
        limit = max(TIMES * typical, typical + SECONDS)
        return [
            percentile(waits, 0.5) >= limit if len(waits) >= LEAST_IN_SPAN else None for waits in self.spans
        ]

    def is_clear(self, stretch: Stretch) -> bool:
        waits, rest = self.waits_in(stretch), self.waits_outside(stretch)
        if len(waits) < max(LEAST, LEAST_SHARE * len(self.asked)) or len(rest) < LEAST:
            return False
        return median_interval(waits)[0] > median_interval(rest)[2]

    def waits_in(self, stretch: Stretch) -> list[int]:
        return [wait for span in stretch.spans for wait in self.spans[span]]

    def waits_outside(self, stretch: Stretch) -> list[int]:
        return [wait for span in set(range(A_WEEK)) - stretch.spans for wait in self.spans[span]]

    def measure(self, stretch: Stretch, *, is_decided: bool, slow: list[Stretch]) -> Iterator[Finding]:
        waits, rest = self.waits_in(stretch), self.waits_outside(stretch)
        if not waits or not rest:
            return
        median, median_rest = percentile(waits, 0.5), percentile(rest, 0.5)
        monthly = in_months(len(waits) * self.step, self.desk.quarter)
        yield Finding(
            subject=f"{self.department}:{stretch.word}",
            figure=median,
            is_firing=any(alike(stretch, each) for each in slow) if is_decided else True,
            figures={
                "department": self.desk.departments.get(int(self.department), "")
                if self.department != EVERYBODY
                else "",
                "stretch": stretch.word,
                "conversations": round(monthly),
                "share": len(waits) / len(self.asked),
                "median": median,
                "median_rest": median_rest,
                "in_hours": self.share_in_hours(stretch),
                "tickets": self.tickets_in(stretch),
            },
            waiting_hours=monthly * max(0, median - median_rest) / 3600,
        )

    def tickets_in(self, stretch: Stretch) -> list[int]:
        """The newest of them."""
        own = (ticket for ticket, at, _wait in self.asked if span_of(at.weekday(), at.hour) in stretch.spans)
        return sorted(own, reverse=True)[:KEPT_TICKETS]

    def share_in_hours(self, stretch: Stretch) -> float:
        """Of its conversations, those that came when business hours say that somebody is there."""
        hours = business_hours(None if self.department == EVERYBODY else int(self.department))
        own = [at for _ticket, at, _wait in self.asked if span_of(at.weekday(), at.hour) in stretch.spans]
        return 1.0 if hours is None else sum(hours.is_open(at) for at in own[:500]) / len(own[:500])


def business_hours(department: int | None) -> Any:
    """The schedule of whoever keeps them, with `is_open(moment)`; None where it is always open."""
    return import_string(settings.BUSINESS_HOURS)(department)


def alike(one: Stretch, other: Stretch) -> bool:
    """Whether they share more than half of the hours of the shorter."""
    return 2 * len(one.spans & other.spans) > min(len(one.spans), len(other.spans))


def split(subject: str) -> tuple[str, str]:
    place, _colon, word = subject.partition(":")
    return place, word
