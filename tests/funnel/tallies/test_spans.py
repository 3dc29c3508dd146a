"""Days, months and the moments at which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from funnel.tallies.spans import next_month, offsets_between, span_of_day, span_of_month
from tests.funnel.tallies.march import CLOCKS_GO_FORWARD, MARCH


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Rome", CLOCKS_GO_FORWARD, 23),
        ("Europe/Rome", date(2026, 10, 25), 25),
        ("Europe/Rome", date(2026, 2, 28), 24),
        ("Asia/Kolkata", CLOCKS_GO_FORWARD, 24),
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(zone, day, hours):
    start, end = span_of_day(day, ZoneInfo(zone))
    assert end - start == timedelta(hours=hours)
    assert start.astimezone(ZoneInfo(zone)).isoformat()[:19] == f"{day}T00:00:00"


def test_months_end_where_the_next_begins():
    starts = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 12, 1)]
    assert list(map(next_month, starts)) == [date(2026, 2, 1), date(2026, 3, 1), date(2027, 1, 1)]
    assert span_of_month(MARCH, ZoneInfo("Asia/Kolkata")) == (
        datetime(2026, 2, 28, 18, 30, tzinfo=UTC),
        datetime(2026, 3, 31, 18, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("zone", "turns", "offsets"),
    [
        ("Europe/Rome", ["2026-03-29T01:00", "2026-10-25T01:00"], [3600, 7200, 3600]),
        ("Asia/Kolkata", [], [19800]),
        # Half an hour only.
        ("Australia/Lord_Howe", ["2026-04-04T15:00", "2026-10-03T15:30"], [39600, 37800, 39600]),
    ],
)
def test_the_moments_at_which_clocks_change_are_found(zone, turns, offsets):
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    moments = [datetime.fromisoformat(f"{turn}+00:00") for turn in turns]
    assert offsets_between(*year, ZoneInfo(zone)) == (moments, offsets)
