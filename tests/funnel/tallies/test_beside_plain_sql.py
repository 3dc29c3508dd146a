"""A tally is what plain SQL counts in the rows of its day or month."""

import random
from collections import Counter, defaultdict

import pytest

from funnel.tallies.cells import ALL, Key
from funnel.tallies.lanes import unpack
from funnel.tallies.tallying import tally_day, tally_month
from tests.funnel.stored import PACKED
from tests.funnel.tallies.march import (
    CLOCKS_GO_FORWARD,
    DAY,
    DAYS,
    MARCH,
    MONTH,
    ZONES,
    fill,
    stored,
    without_people,
)
from tests.funnel.tallies.plain_sql import DURATIONS, PlainSql
from tests.funnel.tallies.rows import NOW, make_edition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ZONES)
def test_every_kind_of_tally_is_what_plain_sql_counts(zone):
    edition = make_edition(zone)
    fill(edition, sessions=4_000, conversations=3_000, seed=zone)
    tally_month(edition, MARCH, now=NOW)
    spans = [(MONTH, MARCH, DAYS[-1])]
    for day in (MARCH, CLOCKS_GO_FORWARD, DAYS[-1]):
        tally_day(edition, day, now=NOW)
        spans.append((DAY, day, day))
    dice = random.Random(zone)
    for grain, since, until in spans:
        cells = stored(edition, grain, since)
        by_kind: dict[tuple[bool, ...], list[Key]] = defaultdict(list)
        for key in cells:
            by_kind[tuple(value != ALL for value in key)].append(key)
        for keys in by_kind.values():
            for key in dice.sample(keys, min(3, len(keys))):
                assert_is_plain(cells[key], PlainSql(edition, key, since, until))


def assert_is_plain(cell: tuple[int, ...], plain: PlainSql) -> None:
    packed = dict(zip(PACKED, cell, strict=True))
    assert without_people(packed["counts"]) == plain.counts()
    assert lanes_of(packed["hours"]) == plain.hours()
    for name in DURATIONS:
        assert lanes_of(packed[name]) == plain.buckets(name)


def lanes_of(packed: int) -> Counter[int]:
    return +Counter(dict(enumerate(unpack(packed))))
