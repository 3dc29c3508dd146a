"""When each turn of a conversation comes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from helpdesk.demo.calendar import awake, worked
from helpdesk.demo.talks import AGENT, CUSTOMER, NOTE, Turn

MINUTE, HOUR, DAY = 60, 3600, 86400
# Median seconds until the team answers, until the customer writes back, until the team closes.
PACE = {
    "webchat": (2.5 * MINUTE, 1.5 * MINUTE, 12 * MINUTE),
    "telegram": (14 * MINUTE, 11 * MINUTE, 2 * HOUR),
    "email": (105 * MINUTE, 4.5 * HOUR, 7 * HOUR),
}
CHRISTMAS_RUSH = 2.1  # in December everything takes longer


def around(rng: Random, median: float, spread: float = 0.75) -> float:
    """A duration around the median: mostly near it, now and then a long one."""
    return max(8.0, median * rng.lognormvariate(0, spread))


def past_moments(rng: Random, start: datetime, turns: list[Turn], channel: str) -> list[datetime]:
    """One moment for each turn and one more for the close; the first turn is at `start`."""
    answer, write, close = PACE[channel]
    rush = CHRISTMAS_RUSH if start.month == 12 else 1.0
    moments = [start]
    for turn in turns[1:]:
        if turn.who == CUSTOMER:
            moments.append(awake(moments[-1] + timedelta(seconds=around(rng, write))))
        else:
            typing = around(rng, 90) if turn.who == NOTE else around(rng, answer) * rush
            moments.append(worked(moments[-1], typing))
    moments.append(worked(moments[-1], around(rng, close)))
    return [moment.replace(microsecond=0) for moment in moments]


def recent_moments(rng: Random, last: datetime, turns: list[Turn], channel: str) -> list[datetime]:
    """One moment for each turn, the last one at `last`: reckoned backwards, whatever the hour."""
    gaps: dict[str, Callable[[], float]] = {
        CUSTOMER: lambda: around(rng, PACE[channel][1], 0.4),
        AGENT: lambda: around(rng, PACE[channel][0], 0.4),
        NOTE: lambda: around(rng, 90, 0.3),
    }
    moments = [last]
    for turn in reversed(turns[1:]):
        moments.insert(0, moments[0] - timedelta(seconds=gaps[turn.who]()))
    return [moment.replace(microsecond=0) for moment in moments]
