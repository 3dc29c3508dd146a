"""A day or month may be counted as often as one likes, by several at once, and comes to the same."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from funnel.models import SupportConversation, SupportSession, Tally
from funnel.sessions import paths
from funnel.tallies import counters
from funnel.tallies.cells import ALL, WHOLE
from funnel.tallies.tallying import tally_day, tally_month
from tests.funnel.stored import tallies
from tests.funnel.tallies.march import DAY, MARCH, MONTH, SENT, fill, named, stored
from tests.funnel.tallies.rows import FIRST, NOW, make_edition, session, store

pytestmark = pytest.mark.django_db


def test_counted_twice_is_counted_once():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=500, conversations=500, seed="twice")
    tally_day(edition, MARCH, now=NOW)
    tally_month(edition, MARCH, now=NOW)
    once = tallies(edition)
    tally_day(edition, MARCH, now=NOW)
    tally_month(edition, MARCH, now=NOW)
    assert tallies(edition) == once


def test_only_tallies_that_say_something_else_are_written_again():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=300, conversations=300, seed="left alone")
    extra = session(random.Random(2), "Europe/Rome") | {
        "channel": "email",
        "started_at": SENT,
        "tags": ["vip"],
    }

    def numbers() -> dict[int, str]:
        tally_month(edition, MARCH, now=NOW)
        return dict(Tally.objects.filter(edition=edition).values_list("pk", "channel"))

    before = numbers()
    assert numbers() == before
    store(edition, [extra], [])
    after = numbers()
    assert {channel for pk, channel in after.items() if pk not in before} == {"email", ALL}
    assert {channel for pk, channel in before.items() if pk in after} >= {"webchat", "email", ALL}


def test_what_is_gone_from_the_rows_is_gone_from_the_tallies():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=50, conversations=50, seed="gone")
    tally_month(edition, MARCH, now=NOW)
    assert stored(edition, MONTH, MARCH)
    SupportSession.objects.all().delete()
    SupportConversation.objects.all().delete()
    tally_month(edition, MARCH, now=NOW)
    assert not tallies(edition)


def test_time_alone_changes_what_a_day_comes_to():
    edition = make_edition("Europe/Rome")
    helped = session(random.Random(1), "Europe/Rome") | {"path": 0, "views": 2, "is_bot_answered": False}
    store(edition, [helped | {"started_at": FIRST, "matures_at": NOW}], [])
    day = FIRST.date()
    tally_day(edition, day, now=NOW - timedelta(seconds=1))
    assert named(stored(edition, DAY, day)[WHOLE][0]) == {paths.STILL_OPEN: 1, counters.VIEWS: 2}
    tally_day(edition, day, now=NOW)
    assert named(stored(edition, DAY, day)[WHOLE][0]) == {
        0: 1,
        counters.VIEWS: 2,
        counters.VIEWS_MATURED: 2,
        counters.VIEWERS_MATURED: 1,
    }


@pytest.mark.django_db(transaction=True)
def test_counted_by_several_at_once_it_is_counted_once():
    edition = make_edition("Europe/Rome")
    fill(edition, sessions=300, conversations=300, seed="several")
    tally_day(edition, MARCH, now=NOW)
    once = tallies(edition)

    def count_again(_turn: int) -> None:
        try:
            tally_day(edition, MARCH, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_again, range(12)))
    assert tallies(edition) == once
