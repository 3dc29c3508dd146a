"""However rows are split, their tallies add up, and margins hold each thing once. What the report reads from them,
test_stored.py holds against the ledger.
"""

import random
from collections import defaultdict
from datetime import date

import pytest

from funnel.models import Edition
from funnel.report.scope import Scope
from funnel.sessions import paths
from funnel.tallies import counters
from funnel.tallies.cells import ALL, KEPT, WHOLE, Grouping, Key, is_kept
from funnel.tallies.lanes import unpack
from funnel.tallies.rows import Cell, count_rows
from funnel.tallies.spans import span_of_month
from funnel.tallies.tallying import tally_day, tally_month
from tests.funnel.stored import PACKED
from tests.funnel.tallies.march import DAY, DAYS, MARCH, MONTH, ZONES, fill, named, stored, without_people
from tests.funnel.tallies.rows import FIRST, NOW, conversation, make_edition, session, store

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ZONES)
def test_the_days_of_a_month_add_up_to_it(zone):
    edition = make_edition(zone)
    fill(edition, sessions=1_500, conversations=1_500, seed=zone)
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * len(PACKED))
    for day in DAYS:
        tally_day(edition, day, now=NOW)
        for key, cell in stored(edition, DAY, day).items():
            sums[key] = [one + other for one, other in zip(sums[key], cell, strict=True)]
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    assert set(sums) <= set(month)
    for key, cell in sums.items():
        assert named(cell[0]) == without_people(month[key][0])
        assert cell[1:] == list(month[key][1:])


@pytest.mark.parametrize("seed", range(8))
def test_however_rows_are_split_the_parts_add_up_to_the_whole(seed):
    dice = random.Random(seed)
    sessions = [session(dice, "Europe/Rome") for _ in range(400)]
    conversations = [conversation(dice, "Europe/Rome", ticket) for ticket in range(400)]
    whole, *parts = (make_edition("Europe/Rome", state=Edition.State.RETIRED) for _ in range(4))
    store(whole, sessions, conversations)
    share = dice.random()  # of the first part: nearly nothing at times, or nearly all

    def split(rows: list) -> list[list]:
        places = [0 if dice.random() < share else dice.choice([1, 2]) for _ in rows]
        return [[row for row, place in zip(rows, places, strict=True) if place == part] for part in range(3)]

    for part, own_sessions, own_conversations in zip(
        parts, split(sessions), split(conversations), strict=True
    ):
        store(part, own_sessions, own_conversations)
    span = span_of_month(MARCH, whole.zone)
    for grain in (DAY, MONTH):
        sums: dict[Key, Cell] = defaultdict(Cell)
        for part in parts:
            for key, cell in count_rows(part, *span, now=NOW, groupings=KEPT[grain]).items():
                sums[key].add(cell)
        expected = count_rows(whole, *span, now=NOW, groupings=KEPT[grain])
        assert {key: cell for key, cell in sums.items() if cell != Cell()} == {
            key: cell for key, cell in expected.items() if cell != Cell()
        }


def test_margins_hold_each_thing_once():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=500, conversations=500, seed="margins")
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    whole = without_people(month[WHOLE][0])
    for dimension in ("channel", "department", "language"):
        parts = [cell for key, cell in month.items() if key._replace(**{dimension: ALL}) == WHOLE != key]
        assert len(parts) > 2
        assert named(sum(cell[0] for cell in parts)) == whole
        assert [sum(lanes) for lanes in zip(*parts, strict=True)][1:] == list(month[WHOLE][1:])
    with_tag = [named(cell[0]) for key, cell in month.items() if key._replace(tag=ALL) == WHOLE != key]
    assert sum(counts[counters.NEW] for counts in with_tag) > whole[counters.NEW]  # many have several


def test_only_what_the_table_of_cells_names_is_kept():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=1000, conversations=1000, seed="kept")
    tally_day(edition, MARCH, now=NOW)
    tally_month(edition, MARCH, now=NOW)
    every = [tuple(bool(bits >> place & 1) for place in range(5)) for bits in range(32)]
    for grain in (DAY, MONTH):
        kinds = {tuple(value != ALL for value in key) for key in stored(edition, grain, MARCH)}
        kept = {kind for kind in every if is_kept(grain, Key(*("x" if fixed else ALL for fixed in kind)))}
        assert kinds == kept
    assert not is_kept(DAY, Key(channel="email", tag="vip"))
    assert is_kept(MONTH, Key(channel="email", department="1", language="it", tag="vip"))
    assert is_kept(MONTH, Key(agent="1", tag="vip"))
    assert not is_kept(MONTH, Key(agent="1", channel="email", tag="vip"))


def test_a_tag_that_is_a_star_is_not_taken_for_all():
    edition = make_edition("Europe/Rome")
    row = session(random.Random(1), "Europe/Rome") | {"tags": ["*", "vip"], "started_at": FIRST}
    store(edition, [row], [])
    tally_month(edition, date(2026, 2, 1), now=NOW)
    month = stored(edition, MONTH, date(2026, 2, 1))
    assert sum(unpack(month[WHOLE][0])[: paths.COUNT]) == 1
    assert {key.tag for key in month} == {ALL, "vip"}


@pytest.mark.parametrize(
    "scope",
    [
        Scope(channels=frozenset({"email", "webchat"}), tag="vip"),
        Scope(departments=frozenset({None, 2}), languages=frozenset({""})),
        Scope(departments=frozenset({1})),
        Scope(languages=frozenset({"it", "en"}), tag="no such tag"),
    ],
)
def test_a_part_that_no_tally_is_kept_of_is_counted_from_the_rows(scope):
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=800, conversations=800, seed="parts")
    span = span_of_month(MARCH, edition.zone)
    grouping = Grouping(("channel", "department", "language", "tag"), margins=("tag",))
    expected = Cell()
    for key, cell in count_rows(edition, *span, now=NOW, groupings=[grouping]).items():
        department = None if key.department == "none" else int(key.department)
        if (
            key.tag == (scope.tag or ALL)
            and (not scope.channels or key.channel in scope.channels)
            and (not scope.departments or department in scope.departments)
            and (not scope.languages or key.language in scope.languages)
        ):
            expected.add(cell)
    assert count_rows(edition, *span, now=NOW, part=scope) == {WHOLE: expected}


def test_no_agent_s_work_is_left_out_of_the_agents():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=0, conversations=800, seed="agents")
    tally_month(edition, MARCH, now=NOW)
    month = stored(edition, MONTH, MARCH)
    agents = [cell for key, cell in month.items() if key._replace(agent=ALL) == WHOLE != key]
    counts = named(sum(cell[0] for cell in agents))
    assert counts[counters.REPLIED] == named(month[WHOLE][0])[counters.REPLIED]  # each was somebody's
    assert 0 < counts[counters.CLOSED] < named(month[WHOLE][0])[counters.CLOSED]  # some were nobody's
    assert sum(cell[2] for cell in agents) == month[WHOLE][2]
    assert set(counts) <= {
        counters.REPLIED,
        counters.CLOSED,
        counters.SETTLED,
        counters.AT_ONCE,
        counters.ASKED,
        counters.RATINGS,
        counters.GOOD_RATINGS,
    }
