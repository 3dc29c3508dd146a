"""Periods, shares, intervals, comparisons and their words: the vectors of the definitions."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from funnel.page.filling import fill_tiles
from funnel.page.tiles import TEAM
from funnel.report.comparison import DOWN, UP, Change, compare
from funnel.report.estimates import percentile, share, wilson_interval
from funnel.report.period import Period, last_months
from funnel.report.wording import say_change, say_count, say_duration, say_percent
from funnel.sessions.facts import Conversation, History, Session
from tests.funnel.histories import JANUARY, ROME, make_report


def period(since: str, until: str) -> Period:
    return Period(date.fromisoformat(since), date.fromisoformat(until), ROME)


def test_an_empty_set_has_no_figure():
    assert (share(0, 0), percentile([], 0.5), wilson_interval(0, 0)) == (None, None, None)


def test_the_median_of_an_even_count_is_the_mean_of_the_middle_two():
    assert percentile([300, 600, 720, 900, 3960, 229500], 0.5) == 810
    assert percentile([3, 1, 2], 0.5) == 2


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(3, 5, 0.231, 0.882), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1)]
)
def test_wilson_vectors(part, whole, low, high):
    assert wilson_interval(part, whole) == pytest.approx([low, high], abs=5e-4)


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31")),
        (("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31")),
        (("2026-02-01", "2026-02-27"), ("2026-01-05", "2026-01-31")),
        (("2026-03-10", "2026-03-10"), ("2026-03-09", "2026-03-09")),
    ],
)
def test_the_period_before_is_as_many_whole_months_or_as_many_days(asked, before):
    assert period(*asked).previous() == period(*before)


def test_a_day_is_the_workspaces_day_also_when_the_clock_changes():
    spring = period("2026-03-29", "2026-03-29")
    assert (spring.end - spring.start).total_seconds() == 23 * 3600
    assert spring.start.isoformat() == "2026-03-28T23:00:00+00:00"


def test_twelve_months_end_with_the_running_one():
    year = last_months(12, today=date(2026, 2, 10), zone=ZoneInfo("UTC"))
    assert (year.since, year.until) == (date(2025, 3, 1), date(2026, 2, 28))


def test_comparison_vectors():
    assert compare(11, 8).amount == pytest.approx(0.375)
    assert compare(1 / 3, 0.25, in_points=True, better=UP) == Change(
        pytest.approx(1 / 12), True, is_good=True
    )
    faster = compare(810, 900, better=DOWN)
    assert (faster.amount, faster.is_good) == (pytest.approx(-0.1), True)
    assert compare(810, 900, better=UP).is_good is False
    assert compare(5, 0) == compare(5, None) == Change(is_new=True)
    assert compare(None, 5) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(0.375), "37.5% more"),
        (Change(-0.1, is_good=True), "10.0% less: better"),
        (Change(1 / 12, in_points=True, is_good=True), "8.3 points more: better"),
        (Change(-0.055, in_points=True, is_good=False), "5.5 points fewer: worse"),
        (Change(11.0), "12 times as many"),
        (Change(is_new=True), "nothing to compare with"),
        (None, ""),
    ],
)
def test_a_change_is_said_in_words_that_need_no_colour(change, words):
    assert say_change(change) == words


def test_a_duration_that_shrank_is_shorter():
    assert say_change(Change(-0.1, is_good=True), is_duration=True) == "10.0% shorter: better"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0, "0 s"), (59.6, "1 min"), (810, "13 min 30 s"), (3600, "1 h"), (32700, "9 h 5 min"),
     (229500, "2 d 15 h")],
)  # fmt: skip
def test_durations_are_said_in_two_units(seconds, words):
    assert say_duration(seconds) == words


def test_percents_have_one_decimal_half_up():
    assert [say_percent(value) for value in (None, 0.4325, 0.43249, 2 / 3, 1)] == [
        "–", "43.3%", "43.2%", "66.7%", "100.0%"
    ]  # fmt: skip


def test_numbers_are_written_as_the_reader_writes_them():
    with translation.override("it"):
        assert (say_count(12345), say_percent(0.335)) == ("12.345", "33,5%")


EXAMPLE = {
    ("after_proactive", "articles"): 70, ("after_proactive", "bot"): 30, ("after_proactive", "team_direct"): 20,
    ("on_their_own", "articles"): 350, ("on_their_own", "bot"): 300, ("on_their_own", "team_direct"): 230,
    ("articles", "resolved_by_articles"): 252, ("articles", "bot"): 68,
    ("articles", "team_after_self_service"): 80, ("articles", "still_open"): 20,
    ("bot", "resolved_by_bot"): 139, ("bot", "team_after_self_service"): 229, ("bot", "not_resolved"): 30,
    ("team_direct", "resolved_outright"): 231, ("team_direct", "not_resolved"): 9, ("team_direct", "still_open"): 10,
    ("team_after_self_service", "resolved_after_self_service"): 276,
    ("team_after_self_service", "not_resolved"): 23, ("team_after_self_service", "still_open"): 10,
}  # fmt: skip


def paths_of(links: dict[tuple[str, str], int]) -> list[tuple[str, ...]]:
    """One path a session: walk from a source along links that have sessions left, taking one each."""
    left, paths = dict(links), []
    while start := next(
        (s for s in ("after_proactive", "on_their_own") if any(k[0] == s and v for k, v in left.items())),
        None,
    ):
        path = [start]
        while step := next((k for k, v in left.items() if k[0] == path[-1] and v), None):
            left[step] -= 1
            path.append(step[1])
        paths.append(tuple(path))
    assert not any(left.values()), "the example is conserved at every node"
    return paths


def test_the_thousand_sessions_of_the_example():
    at = JANUARY.start
    sessions = [
        Session(
            "p", at, "chat", None, "", (), at, False, int("articles" in path), frozenset(), "bot" in path, (), path,
        )
        for path in paths_of(EXAMPLE)
    ]  # fmt: skip
    report = make_report(History(sessions, [], [], []), JANUARY, now=JANUARY.end)
    assert report["sessions"] == 1000
    assert {(source, target): value for source, target, value in report["links"]} == EXAMPLE
    ends = ("resolved_by_articles", "resolved_by_bot", "resolved_outright", "resolved_after_self_service",
            "not_resolved", "still_open")  # fmt: skip
    assert [report[end] for end in ends] == [252, 139, 231, 276, 62, 40]
    assert report["self_service_share"] == 391 / 898
    assert say_percent(report["self_service_share"]) == "43.5%"


@pytest.mark.parametrize(("later", "figure"), [(timedelta(days=6, hours=23), None), (timedelta(days=7), 1)])
def test_first_contact_is_known_a_week_after_the_close(later, figure):
    closed = JANUARY.start + timedelta(days=3)
    conversation = Conversation(
        "t", "p", "chat", None, "", (), "customer", JANUARY.start, False, JANUARY.start, None, closed, 60, 60, closed,
        "agent", "g1", 60, 60, 1, frozenset({"g1"}), "g1", "g1", None, None, None,
    )  # fmt: skip
    report = make_report(History([], [conversation], [], []), JANUARY, now=closed + later)
    assert report["first_contact_resolution"] == figure


def test_counts_are_not_compared_with_a_period_our_records_miss_a_part_of():
    figures, before = ({"new": count, "csat": csat, **UNSAID} for count, csat in ((90, 0.8), (2, 0.7)))
    tiles = [tile for tile in TEAM if tile.key in {"new", "csat"}]
    new, csat = fill_tiles(tiles, figures, before, incomplete_since=date(2025, 12, 20))
    assert new.change_words == "no comparison: records begin on 20 December 2025"
    assert (new.change, new.arrow) == (None, "")
    assert csat.change_words == "10.0 points more: better"
    assert fill_tiles(tiles, figures, before)[0].change_words == "45 times as many"


UNSAID = {"replied": 0, "all_new": 0, "csat_interval": None, "csat_response_rate": None}
