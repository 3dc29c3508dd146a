"""A change of rules: the old report until the new one is complete, both of them right all the while."""

from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.management import call_command

from funnel.models import DirtyDay, Edition, SupportConversation, SupportSession, Tally
from funnel.replay import Teller, replay
from funnel.report.answers import from_ledger
from funnel.report.asking import Question
from funnel.report.counting import gather
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.report.scope import EVERYTHING
from funnel.sessions.reading import read_history
from funnel.tallies.editions import building_edition, current_edition, start_edition
from funnel.tallies.refresh import reckon_anew, refresh
from helpdesk import clock
from helpdesk.people.models import Workspace
from tests.funnel.histories import END, GOLDEN, JANUARY
from tests.funnel.stored import figures_stored, rows_of, rows_stored, tallies

pytestmark = pytest.mark.django_db
STEP = timedelta(seconds=20)  # from one refresh to the next
AUCKLAND = "Pacific/Auckland"


def january_in(zone: str) -> Period:
    return Period(JANUARY.since, JANUARY.until, ZoneInfo(zone))


def figures_of_the_ledger(edition: Edition, *, now: datetime) -> dict:
    period = january_in(edition.time_zone)
    history = read_history(now=now, rules=edition.rules)
    return make_figures(gather(history, period, now=now, rules=edition.rules), period, now=now)


def assert_report_is_right(*, now: datetime) -> None:
    edition = current_edition()
    given = figures_stored(january_in(edition.time_zone), now=now)
    assert {**given, "months": None} == {**figures_of_the_ledger(edition, now=now), "months": None}


def step(number: int) -> datetime:
    """One refresh, which makes no more than one step of a build."""
    now = END + number * STEP
    refresh(now, build_for=0)
    return now


def view_an_article(now: datetime, person: str = "p77") -> None:
    Teller(bot_first=set()).tell(
        1, {"at": now.isoformat(), "kind": "article_viewed", "person": person, "article": "A"}
    )


def test_the_first_edition_is_that_of_the_workspace(january):
    edition = current_edition()
    assert (edition.time_zone, edition.facts, edition.reason) == ("Europe/Rome", edition, "first")
    assert Edition.objects.count() == 1


def test_a_changed_time_zone_starts_an_edition_with_the_same_facts(january):
    before = current_edition()
    Workspace.objects.update(time_zone=AUCKLAND)
    refresh(END)
    refresh(END + STEP)
    after = current_edition()
    assert (after.time_zone, after.facts, after.reason) == (AUCKLAND, before, "time_zone")
    assert not Tally.objects.filter(edition=before).exists()
    assert SupportSession.objects.filter(edition=before).count() == 11
    assert_report_is_right(now=END + STEP)


def test_the_report_is_right_before_during_and_after_a_change_of_zone(january):
    for day in (3, 9):  # two months more to count
        view_an_article(END + timedelta(days=day * 10))
    now = END + timedelta(days=95)
    refresh(now)
    view_an_article(now)
    start_edition(reason="time_zone", time_zone=AUCKLAND)
    zones = []
    for number in range(12):
        refresh(now + number * STEP, build_for=0)
        zones.append(current_edition().time_zone)
        assert_report_is_right(now=now + number * STEP)
        if not building_edition():
            break
    assert zones[0] == "Europe/Rome"
    assert zones[-1] == AUCKLAND
    assert not DirtyDay.objects.exists()


def test_what_happens_during_a_build_is_in_both_editions(january):
    old = current_edition()
    start_edition(reason="session_hours", session_hours=48)
    now = step(1)
    building = building_edition()
    assert building.reached, "some are stored already"
    view_an_article(now)
    now = step(2)
    assert [rows.count() for rows in map(sessions_of_p77, (old, building))] == [1, 1]
    assert_report_is_right(now=now)
    refresh(now + STEP)
    assert current_edition() == building
    assert rows_stored(building) == rows_of(read_history(now=now + STEP, rules=building.rules))
    assert_report_is_right(now=now + STEP)


def sessions_of_p77(edition: Edition):
    return SupportSession.objects.filter(edition=edition, started_at__gte=END)


def test_a_longer_window_makes_fewer_sessions(january):
    sessions = current_edition(), SupportSession.objects.count()
    start_edition(reason="session_hours", session_hours=168)
    refresh(END)
    assert current_edition() != sessions[0]
    assert figures_stored(JANUARY, now=END)["sessions"] <= sessions[1]
    assert_report_is_right(now=END)


def test_a_build_that_is_cut_off_goes_on_where_it_was(january):
    building = start_edition(reason="asked")
    reached = []
    for number in range(1, 10):
        step(number)
        building.refresh_from_db()
        reached.append((building.reached, building.done))
        assert building.done <= building.steps
        if building.state == Edition.State.CURRENT:
            break
    assert len(reached) >= 4, "contacts, visitors, nobody else, and a month each"
    assert reached == sorted(reached, key=lambda each: each[1])
    assert building.done == building.steps > 0


def test_a_retired_edition_leaves_no_rows(january):
    old = current_edition()
    start_edition(reason="asked")
    refresh(END)
    refresh(END + STEP)
    assert not Edition.objects.filter(pk=old.pk).exists()
    for table in (SupportSession, SupportConversation, Tally):
        assert not table.objects.filter(edition=old.pk).exists()


def test_one_begun_in_its_place_gives_up_an_unfinished_one(january):
    first = start_edition(reason="session_hours", session_hours=48)
    step(1)
    second = start_edition(reason="settled_days", settled_days=1)
    assert (second.session_hours, second.settled_days) == (48, 1), "both changes hold"
    refresh(END + 2 * STEP)
    assert current_edition() == second
    refresh(END + 3 * STEP)
    assert not Edition.objects.filter(pk=first.pk).exists()
    assert not SupportSession.objects.filter(edition=first.pk).exists()
    assert_report_is_right(now=END + 3 * STEP)


def test_the_workspace_follows_a_zone_that_was_asked_for(january):
    start_edition(reason="time_zone", time_zone=AUCKLAND)
    assert Workspace.get().time_zone == AUCKLAND
    refresh(END)
    refresh(END + STEP)
    assert current_edition().time_zone == AUCKLAND


def test_business_hours_of_the_past_stay_as_they_were(january):
    before = figures_stored(JANUARY, now=END)["median_first_response_business"]
    work_around_the_clock()
    start_edition(reason="asked")
    refresh(END)
    assert figures_stored(JANUARY, now=END)["median_first_response_business"] == before == 660


def test_business_hours_can_be_those_of_today(january):
    work_around_the_clock()
    start_edition(reason="business_hours", business_hours="now")
    refresh(END)
    figures = figures_stored(JANUARY, now=END)
    assert figures["median_first_response_business"] == figures["median_first_response"] == 810
    assert figures["median_time_to_close_business"] == figures["median_time_to_close"] == 32700
    question = Question(JANUARY, JANUARY.previous(), EVERYTHING, {}, current_edition())
    assert from_ledger(question, now=END).figures["median_first_response_business"] == 810, (
        "as of the past too"
    )


def test_a_calendar_changed_later_changes_the_past_too_where_it_is_to(january):
    start_edition(reason="business_hours", business_hours="now")
    refresh(END)
    before = current_edition()
    assert figures_stored(JANUARY, now=END)["median_first_response_business"] == 660
    refresh(END + STEP)
    assert current_edition() == before
    work_around_the_clock()
    refresh(END + 2 * STEP)
    assert current_edition() != before
    assert figures_stored(JANUARY, now=END)["median_first_response_business"] == 810


def work_around_the_clock() -> None:
    week = [[day, "00:00", "24:00"] for day in range(7)]
    apps.get_model("routing", "BusinessHours").objects.update(weekly=week)


def test_a_history_from_the_side_door_is_read_whole(outbox):
    """A demo, or a history told again, is dated long before the edition that stands there already."""
    refresh(END)
    empty = current_edition()
    with (GOLDEN / "january.jsonl").open() as lines, clock.frozen_at(END):
        replay(lines)
        reckon_anew()
    assert current_edition() != empty
    assert figures_stored(JANUARY, now=END)["sessions"] == 11


def test_the_rebuild_says_what_it_did(january, capfd):
    before, out = current_edition(), StringIO()
    counts = tallies(before)
    call_command("funnel_rebuild", stdout=out)
    assert out.getvalue().startswith("11 sessions and 9 conversations counted in ")
    progress = capfd.readouterr().err
    assert "reading people" in progress
    assert "counting days" in progress
    assert current_edition().facts_id != before.facts_id
    assert tallies(current_edition()) == counts


def test_the_rebuild_of_days_leaves_the_rows(january, capfd):
    before = current_edition()
    Tally.objects.all().delete()
    call_command("funnel_rebuild", "--days", stdout=StringIO())
    assert current_edition().facts == before
    assert "reading people" not in capfd.readouterr().err
    assert figures_stored(JANUARY, now=END)["sessions"] == 11
    assert date(2026, 1, 12) in Tally.objects.values_list("start", flat=True)
