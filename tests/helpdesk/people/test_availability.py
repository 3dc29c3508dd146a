"""Who takes new tickets, and whose desk is open."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events.models import Event
from helpdesk.people.availability import availability_of, not_taking, set_availability, state_at_hand
from helpdesk.people.duty import (
    LIFETIME,
    agents_at_desk,
    agents_gone_for,
    note_sign,
    team_is_there,
)
from helpdesk.people.tasks import look_who_is_there
from tests.factories import by, make_agent, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_there():
    cache.clear()


def test_who_says_they_are_away_takes_nothing_and_the_ledger_knows_for_how_long(
    django_capture_on_commit_callbacks,
):
    dana, start = make_agent("Dana"), clock.now()
    with clock.frozen_at(start), django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            set_availability(dana, state="away", reason="Lunch", by=by(dana))
    assert (set(not_taking()), state_at_hand(dana)) == ({dana.pk}, "away")
    with clock.frozen_at(start + timedelta(minutes=30)):
        set_availability(dana, state="online", by=by(dana))
    told = Event.objects.filter(name="agent.availability_changed").order_by("pk")
    assert [(one.data["from"], one.data["to"], one.value) for one in told] == [
        ("online", "away", 0),
        ("away", "online", 1800),
    ]
    assert not_taking() == {}


def test_an_absence_with_an_end_ends_by_itself():
    dana, start = make_agent("Dana"), clock.now()
    with clock.frozen_at(start):
        set_availability(dana, state="busy", until=start + timedelta(minutes=5), by=by(dana))
        look_who_is_there()
        assert availability_of(dana).state == "busy"
    with clock.frozen_at(start + timedelta(minutes=5)):
        assert availability_of(dana).state == "online"  # before the sweep says so
        look_who_is_there()
        look_who_is_there()
    assert Event.objects.filter(name="agent.availability_changed", actor_kind="system").count() == 1


def test_the_sweep_locks_the_person_first_as_they_themselves_do():
    dana, start = make_agent("Dana"), clock.now()
    with clock.frozen_at(start):
        set_availability(dana, state="busy", until=start + timedelta(minutes=5), by=by(dana))
    with clock.frozen_at(start + timedelta(minutes=5)), CaptureQueriesContext(connection) as asked:
        look_who_is_there()
    locking = [one["sql"] for one in asked if " FOR " in one["sql"] and "UPDATE" in one["sql"]]
    assert 'FROM "people_user"' in locking[0]


@pytest.mark.parametrize("said", [{"state": "asleep"}, {"state": "away", "until": timedelta(days=-1)}])
def test_what_makes_no_sense_is_refused(said):
    dana = make_agent("Dana")
    if "until" in said:
        said = said | {"until": clock.now() + said["until"]}
    with pytest.raises(Invalid):
        set_availability(dana, **said, by=by(dana))


def test_a_desk_that_gives_no_sign_any_more_was_left_and_both_are_facts():
    dana, start = make_agent("Dana"), clock.now()
    for second in (0, 20, 40):
        with clock.frozen_at(start + timedelta(seconds=second)):
            note_sign(dana, [None])
            assert agents_at_desk() == {dana.pk}
    with clock.frozen_at(start + timedelta(seconds=50 + LIFETIME)):
        assert agents_at_desk() == set()
        look_who_is_there()
        look_who_is_there()
    facts = Event.objects.filter(name__startswith="agent.").order_by("pk")
    assert [(one.name, one.value) for one in facts] == [("agent.came", None), ("agent.left", 40)]


def test_gone_is_only_who_was_there_and_only_after_redis_has_watched_long_enough():
    dana, eve, start = make_agent("Dana"), make_agent("Eve"), clock.now()
    with clock.frozen_at(start):
        note_sign(dana, [])
    with clock.frozen_at(start + timedelta(seconds=LIFETIME + 30)):
        note_sign(eve, [])
        assert agents_gone_for(60) is None  # it may have begun a moment ago
    with clock.frozen_at(start + timedelta(seconds=LIFETIME + 61)):
        assert agents_gone_for(60) == {dana.pk}


def test_nobody_waits_for_somebody_who_is_away():
    dana = make_agent("Dana")
    set_availability(dana, state="away", by=by(dana))
    note_sign(dana, [None])
    assert not team_is_there(None)
    set_availability(dana, state="busy", by=by(dana))
    note_sign(dana, [None])
    assert team_is_there(None)


def test_colleagues_see_who_is_away_where_they_choose_one(client):
    dana = make_agent("Dana")
    set_availability(dana, state="away", by=by(dana))
    ticket = make_ticket()
    client.force_login(make_agent("Eve"))
    assert "Dana · away" in client.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Dana · away" in client.get(f"/desk/tickets/{ticket.pk}/handing-over/").content.decode()
