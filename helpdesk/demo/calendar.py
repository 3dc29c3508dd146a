"""When customers write and when the team answers: Europe/Rome, Monday to Friday from nine to six."""

import math
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
OPENS, CLOSES = time(9), time(18)
# Shares of a day's messages by hour, and of a week's by day from Monday on.
BY_HOUR = (1, 0.5, 0.3, 0.2, 0.3, 0.8, 2, 4, 7, 10, 11, 10, 7, 6.5, 7.5, 8, 7.5, 7, 6, 6.5, 7.5, 7, 4.5, 2.5)
BY_WEEKDAY = (1.3, 1.15, 1.1, 1.05, 1.0, 0.65, 0.6)
BY_MONTH = (1.05, 0.85, 0.85, 0.9, 1.0, 1.1, 1.05, 0.9, 0.95, 0.9, 1.25, 1.75)
GROWTH = 0.6  # this much more at the end of the year than at its beginning


def arrivals(rng: Random, start: datetime, end: datetime, *, count: int) -> Iterator[datetime]:
    """About `count` moments from start to end, in order: growing, with busy Mondays and a December peak."""
    days = [start + timedelta(days=number) for number in range(math.ceil((end - start) / timedelta(days=1)))]
    weights = [weight_of(day.astimezone(ROME), number / len(days)) for number, day in enumerate(days)]
    for day, weight in zip(days, weights, strict=True):
        expected = count * weight / sum(weights)
        number = max(0, round(rng.gauss(expected, math.sqrt(expected))))
        for moment in sorted(moment_of(rng, day) for _ in range(number)):
            if start <= moment < end:
                yield moment


def weight_of(day: datetime, share_of_year: float) -> float:
    christmas = day.month == 12 and day.day >= 24
    season = BY_MONTH[day.month - 1] * (0.35 if christmas else 1)
    return BY_WEEKDAY[day.weekday()] * season * (1 + GROWTH * share_of_year)


def moment_of(rng: Random, day: datetime) -> datetime:
    hour = rng.choices(range(24), BY_HOUR)[0]
    local = day.astimezone(ROME).replace(
        hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0
    )
    return local.astimezone(day.tzinfo)


def worked(start: datetime, seconds: float) -> datetime:
    """The moment when the team has worked for so many seconds after `start`."""
    left = timedelta(seconds=seconds)
    local = next_opening(start.astimezone(ROME))
    while True:
        closing = local.replace(hour=CLOSES.hour, minute=0, second=0)
        if local + left <= closing:
            return (local + left).astimezone(start.tzinfo)
        left -= closing - local
        local = next_opening(closing)


def next_opening(local: datetime) -> datetime:
    """`local` itself inside opening hours, else when they next begin."""
    if local.weekday() < 5 and OPENS <= local.time() < CLOSES:
        return local
    opening = local.replace(hour=OPENS.hour, minute=0, second=0)
    if opening <= local:
        opening += timedelta(days=1)
    while opening.weekday() >= 5:
        opening += timedelta(days=1)
    return opening


def awake(moment: datetime) -> datetime:
    """Customers sleep too: what would come at night comes the next morning."""
    local = moment.astimezone(ROME)
    if 7 <= local.hour < 23:
        return moment
    morning = local.replace(hour=7, minute=30 + local.minute // 3)
    if local.hour >= 23:
        morning += timedelta(days=1)
    return morning.astimezone(moment.tzinfo)
