"""March 2026 of an edition of made-up rows, and what its tallies say."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from funnel.models import Edition, Tally
from funnel.sessions import paths
from funnel.tallies import counters
from funnel.tallies.cells import Key
from funnel.tallies.lanes import from_bytes, unpack
from tests.funnel.stored import tallies
from tests.funnel.tallies.rows import conversation, session, store

DAY, MONTH = Tally.Grain.DAY, Tally.Grain.MONTH
MARCH = date(2026, 3, 1)
ZONES = ["Europe/Rome", "Asia/Kolkata"]
CLOCKS_GO_FORWARD = date(2026, 3, 29)
DAYS = [MARCH + timedelta(days=days) for days in range(31)]
SENT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def fill(edition: Edition, *, sessions: int, conversations: int, seed: object) -> None:
    dice = random.Random(str(seed))
    zone = edition.time_zone
    store(
        edition,
        [session(dice, zone) for _ in range(sessions)],
        [conversation(dice, zone, ticket) for ticket in range(conversations)],
    )


def named(counts: int) -> Counter[str]:
    """A tally's counts by name, and its paths by code."""
    lanes = unpack(counts)
    found = dict(enumerate(lanes[: paths.COUNT]))
    found |= dict(zip(counters.NAMES, lanes[paths.COUNT :], strict=False))
    return Counter({name: count for name, count in found.items() if count})


def without_people(counts: int) -> Counter[str]:
    found = named(counts)
    del found[counters.PEOPLE]
    return found


def stored(edition: Edition, grain: str, start: date) -> dict[Key, tuple[int, ...]]:
    return {
        Key(*key): tuple(map(from_bytes, packed))
        for (own_grain, own_start, *key), packed in tallies(edition).items()
        if (own_grain, own_start) == (grain, start)
    }
