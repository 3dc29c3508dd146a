"""Keeping the stored rows and tallies right: by events, by time alone, and after a refresh that was cut off."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funnel.models import DirtyDay, Edition, SupportConversation, SupportSession
from funnel.replay import Teller, replay
from funnel.report.counting import gather
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.sessions.reading import read_history
from funnel.tallies.editions import current_edition
from funnel.tallies.lock import LOCK
from funnel.tallies.refresh import refresh
from funnel.tasks import refresh as refresh_task
from funnel.tasks import rest_after
from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.people.merging import merge_contacts
from helpdesk.tickets.actions import trash_ticket
from helpdesk.tickets.trash import KEPT, empty_trash
from tests.factories import customer_writes
from tests.funnel.histories import END, GOLDEN, JANUARY, golden, golden_expected
from tests.funnel.stored import figures_stored, numbers_stored, rows_of, rows_stored, tallies

pytestmark = pytest.mark.django_db
SECONDS = timedelta(seconds=1)


@pytest.fixture
def january(outbox):
    cache.clear()
    with (GOLDEN / "january.jsonl").open() as lines:
        replay(lines)


@pytest.fixture
def teller(outbox) -> Teller:
    """Tells lines at their moments into an empty workspace."""
    cache.clear()
    teller = Teller(bot_first=set())
    teller.set_workspace(golden("january.jsonl")[0]["workspace"])
    return teller


def tell(teller: Teller, at: str, kind: str, person: str = "p", conversation: str = "c", **more) -> datetime:
    line = {"at": f"{at}+01:00", "kind": kind, "person": person, **more}
    if not kind.startswith(("article", "proactive")):
        line["conversation"] = conversation
    teller.tell(1, line)
    return datetime.fromisoformat(line["at"])


def assert_right(now: datetime) -> None:
    """The stored report of January is the one that the whole ledger gives."""
    whole = gather(read_history(now=now), JANUARY, now=now)
    expected = make_figures(whole, JANUARY, now=now)
    given = figures_stored(JANUARY, now=now)
    assert {**given, "months": None} == {**expected, "months": None}


def test_the_golden_january_comes_out_of_the_stored_tallies(january):
    refresh(END)
    expected = golden_expected()
    del expected["arguments"]
    interval = expected.pop("csat_interval")
    given = figures_stored(JANUARY, now=END)
    assert {key: given[key] for key in expected} == expected
    assert [round(bound, 3) for bound in given["csat_interval"]] == interval


def test_the_golden_january_told_line_by_line_gives_the_same(teller):
    lines = golden("january.jsonl")[1:]
    teller.bot_first = {line["conversation"] for line in lines if line["kind"] == "bot_asked"}
    for line in lines:
        teller.tell(1, line)
        refresh(datetime.fromisoformat(line["at"]))
    refresh(END)
    expected = golden_expected()
    given = figures_stored(JANUARY, now=END)
    assert {key: given[key] for key in expected if key not in ("arguments", "csat_interval")} == {
        key: value for key, value in expected.items() if key not in ("arguments", "csat_interval")
    }


def test_the_rows_are_the_history(january):
    refresh(END)
    edition = current_edition()
    assert rows_stored(edition) == rows_of(read_history(now=END))
    assert len(rows_stored(edition)[1]) == 9
    assert not DirtyDay.objects.exists()
    assert (edition.reckoned_at, edition.done) == (END, edition.steps)


def test_a_second_refresh_changes_nothing(january):
    refresh(END)
    numbers, before = numbers_stored(), tallies(current_edition())
    cache.clear()  # so that everything of the last minutes is read again
    refresh(END + 20 * SECONDS)
    assert numbers_stored() == numbers
    assert tallies(current_edition()) == before


def test_with_nothing_to_do_it_asks_the_database_a_handful_of_questions(january):
    refresh(END)
    refresh(END + 20 * SECONDS)
    with CaptureQueriesContext(connection) as asked:
        refresh(END + 40 * SECONDS)
    assert len(asked) <= 11
    assert current_edition().reckoned_at == END + 40 * SECONDS


def test_only_the_person_who_did_something_is_stored_again(january):
    refresh(END)
    others = set(SupportSession.objects.exclude(tickets__contains=[ticket_of_p10()]).values_list("pk"))
    teller = Teller(bot_first=set())
    teller.cast.tickets["c10"] = ticket_of_p10()
    now = END + 60 * SECONDS
    teller.tell(
        1,
        {
            "at": now.isoformat(),
            "kind": "human_replied",
            "person": "p10",
            "conversation": "c10",
            "agent": "zoe",
        },
    )
    refresh(now)
    assert others <= set(SupportSession.objects.values_list("pk"))
    assert figures_stored(JANUARY, now=now)["waiting"] == 0


def ticket_of_p10() -> int:
    """The tenth session's ticket, the one nobody answered."""
    return SupportConversation.objects.get(is_open=True, replied_at=None).ticket


def test_an_evening_matures_by_time_alone(teller):
    read = tell(teller, "2026-01-12T10:00:00", "article_viewed", article="A")
    refresh(read)
    assert figures_stored(JANUARY, now=read)["still_open"] == 1
    early = read + timedelta(hours=24) - SECONDS
    refresh(early)
    assert figures_stored(JANUARY, now=early)["still_open"] == 1
    refresh(early + SECONDS)
    assert figures_stored(JANUARY, now=early + SECONDS)["resolved_by_articles"] == 1
    assert_right(early + SECONDS)


def test_a_close_settles_by_time_alone(teller):
    tell(teller, "2026-01-12T10:00:00", "conversation_started", channel="chat")
    tell(teller, "2026-01-12T10:10:00", "human_replied", agent="g")
    closed = tell(teller, "2026-01-12T10:20:00", "closed", agent="g")
    week = closed + timedelta(days=7)
    for now, known in ((closed, None), (week - SECONDS, None), (week, 1.0)):
        refresh(now)
        assert figures_stored(JANUARY, now=now)["first_contact_resolution"] == known
        assert_right(now)


def test_a_chat_nobody_answers_counts_after_ten_minutes(teller):
    began = tell(teller, "2026-01-12T10:00:00", "conversation_started", channel="chat")
    later = began + timedelta(minutes=10)
    for now, chats in ((began, 0), (later - SECONDS, 0), (later, 1)):
        refresh(now)
        assert figures_stored(JANUARY, now=now)["chats"] == chats
        assert_right(now)


def test_what_a_visitor_read_is_the_contacts_once_they_say_who_they_are(teller):
    read = tell(teller, "2026-01-12T10:00:00", "article_viewed", article="A")
    refresh(read)
    assert SupportSession.objects.get().person.startswith("v")
    now = tell(teller, "2026-01-12T10:05:00", "conversation_started", channel="chat")
    refresh(now)
    session = SupportSession.objects.get()
    assert (session.person[0], session.views, len(session.tickets)) == ("c", 1, 1)


def test_a_visitor_who_is_identified_without_any_event_is_the_contact(teller):
    read = tell(teller, "2026-01-12T10:00:00", "article_viewed", article="A")
    refresh(read)
    contact = teller.cast.contact("p")
    refresh(read + SECONDS)
    assert SupportSession.objects.get().person == f"c{contact.pk}"


def test_two_people_who_are_one_have_one_session(teller):
    tell(teller, "2026-01-12T10:00:00", "conversation_started", "ann", "c1", channel="chat")
    now = tell(teller, "2026-01-12T11:00:00", "conversation_started", "bob", "c2", channel="email")
    refresh(now)
    assert SupportSession.objects.count() == 2
    with clock.frozen_at(now):
        merge_contacts(teller.cast.contact("ann"), teller.cast.contact("bob"), by=SYSTEM)
    refresh(now + SECONDS)
    session = SupportSession.objects.get()
    assert (session.person, len(session.tickets)) == (f"c{teller.cast.contact('ann').pk}", 2)
    assert {c.person for c in SupportConversation.objects.all()} == {session.person}
    assert_right(now + SECONDS)


def test_a_message_opened_days_later_counts_on_the_day_it_was_sent(teller):
    sent = tell(teller, "2026-01-12T10:00:00", "proactive_sent", message="m")
    refresh(sent)
    assert opened_by_day() == {sent.date(): 0}
    opened = tell(teller, "2026-01-15T10:00:00", "proactive_opened", message="m")
    refresh(opened)
    assert opened_by_day() == {sent.date(): 1}


def opened_by_day() -> dict:
    found = {}
    for day in (12, 15):
        date = JANUARY.since.replace(day=day)
        figures = figures_stored(Period(date, date, JANUARY.zone), now=END)
        if figures["proactive_sent"]:
            found[date] = figures["proactive_opened"]
    return found


class PowerCut(Exception):
    pass


class Failing:
    """A database that goes away at the first statement with these words in it."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, execute, sql, params, many, context):
        if self.words in sql:
            raise PowerCut
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "words",
    [
        'INSERT INTO "funnel_dirtyday"',
        'UPDATE "funnel_edition" SET "read_until"',
        'DELETE FROM "funnel_tally"',
        'DELETE FROM "funnel_dirtyday"',
        'UPDATE "funnel_edition" SET "reckoned_at"',
    ],
)
def test_the_next_refresh_makes_good_one_that_was_cut_off(teller, words):
    tell(teller, "2026-01-12T10:00:00", "conversation_started", channel="chat")
    refresh(tell(teller, "2026-01-12T10:05:00", "human_replied", agent="g"))
    now = tell(teller, "2026-01-13T10:20:00", "closed", agent="g")
    with connection.execute_wrapper(Failing(words)), pytest.raises(PowerCut):
        refresh(now)
    refresh(now + 20 * SECONDS)
    assert figures_stored(JANUARY, now=now)["closed"] == 1
    assert_right(now + 20 * SECONDS)
    assert not DirtyDay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_process_at_a_time_refreshes(teller):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            assert refresh(END) is False
            assert not Edition.objects.exists()
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        other.close()
    refresh_task()
    assert current_edition() is not None
    assert refresh(clock.now()) is True, "the lock was given back"


@pytest.mark.parametrize(("worked", "rests"), [(0.05, 0), (0.3, 1), (5, 20), (10, 30), (30, 10), (60, 0)])
def test_a_refresh_rests_where_it_takes_long_but_no_report_grows_old(worked, rests):
    assert rest_after(worked) == rests


def test_a_refresh_that_fails_gives_the_lock_back(teller):
    with connection.execute_wrapper(Failing('FROM "people_workspace"')), pytest.raises(PowerCut):
        refresh(END)
    refresh(END)
    assert current_edition() is not None


def test_nobody_waits_in_the_trash_nor_when_it_has_been_emptied(teller):
    began = JANUARY.start + timedelta(days=9)
    with clock.frozen_at(began):
        ticket = customer_writes().ticket
    refresh(began + SECONDS)
    assert figures_stored(JANUARY, now=began + SECONDS)["waiting"] == 1
    with clock.frozen_at(began + timedelta(hours=1)):
        trash_ticket(ticket, by=SYSTEM)
    now = began + timedelta(hours=2)
    refresh(now)
    assert figures_stored(JANUARY, now=now)["waiting"] == 0
    assert_right(now)
    later = began + KEPT + timedelta(days=1)
    with clock.frozen_at(later):
        assert empty_trash() == 1
    refresh(later)
    assert figures_stored(JANUARY, now=later)["waiting"] == 0
    assert figures_stored(JANUARY, now=later)["sessions"] == 1
    assert_right(later)
