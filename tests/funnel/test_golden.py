"""The twelve sessions of January 2026, figure by figure, from facts alone."""

from datetime import datetime

import pytest

from funnel.sessions.walk import build_history
from tests.funnel.histories import END, JANUARY, as_facts, golden, golden_expected, make_report

EXPECTED = golden_expected()
FIGURES = {
    figure: value for figure, value in EXPECTED.items() if figure not in {"arguments", "csat_interval"}
}


@pytest.fixture(scope="module")
def facts():
    return as_facts(golden("january.jsonl")[1:])


@pytest.fixture(scope="module")
def report(facts):
    return make_report(build_history(facts, now=END), JANUARY, now=END)


def test_the_golden_january_gives_its_figures(report):
    assert {figure: report[figure] for figure in FIGURES} == FIGURES


def test_the_golden_january_gives_its_rating_interval(report):
    assert [round(bound, 3) for bound in report["csat_interval"]] == EXPECTED["csat_interval"]


def test_the_bars_of_january_show_three_self_served_beside_six_by_the_team(report):
    [month] = report["months"]
    assert (month["month"], month["self_service"], month["team"]) == ("2026-01", 3, 6)


def test_spam_is_only_a_count(report):
    assert report["spam"] == 1


def test_all_new_counts_what_the_bot_kept_for_itself(report):
    assert (report["new"], report["all_new"]) == (7, 8)


def test_before_its_return_the_eleventh_session_was_solved_by_the_bot(facts):
    at = datetime.fromisoformat("2026-01-13T07:59:00+01:00")
    early = build_history(facts, now=at)
    assert [s.outcome for s in early.sessions if s.person == "p11"] == ["still_open"], (
        "still within the window"
    )
    unreturned = [fact for fact in facts if fact.person != "p11" or fact.at < at]
    report = make_report(build_history(unreturned, now=END), JANUARY, now=END)
    assert report["automated_resolution_rate"] == 2 / 3
