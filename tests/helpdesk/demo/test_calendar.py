from datetime import datetime
from random import Random

import pytest

from helpdesk.demo.calendar import ROME, arrivals, awake, worked


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("2026-03-18T10:00", 1800, "2026-03-18T10:30"),
        ("2026-03-18T17:50", 1800, "2026-03-19T09:20"),  # the rest of it the next morning
        ("2026-03-20T20:00", 60, "2026-03-23T09:01"),  # Friday evening
        ("2026-03-28T12:00", 10 * 3600, "2026-03-31T10:00"),  # over the weekend when the clocks go forward
    ],
)
def test_the_team_works_only_inside_its_hours(start, seconds, end):
    assert worked(rome(start), seconds) == rome(end)


def test_what_a_customer_would_write_at_night_comes_in_the_morning():
    assert awake(rome("2026-05-04T02:00")) == rome("2026-05-04T07:30")
    assert awake(rome("2026-05-04T23:30")) == rome("2026-05-05T07:40")
    assert awake(rome("2026-05-04T22:59")) == rome("2026-05-04T22:59")


def test_a_year_of_arrivals_grows_and_peaks_in_december():
    moments = list(arrivals(Random(1), rome("2025-01-01T00:00"), rome("2026-01-01T00:00"), count=6000))
    assert moments == sorted(moments)
    assert 5700 < len(moments) < 6300
    by_month = [sum(moment.astimezone(ROME).month == month for moment in moments) for month in range(1, 13)]
    assert max(by_month) == by_month[11]
    assert sum(by_month[5:8]) > sum(by_month[0:3])
    weekend = sum(moment.astimezone(ROME).weekday() >= 5 for moment in moments)
    assert weekend < len(moments) / 4
