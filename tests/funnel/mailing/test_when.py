"""When the report by mail leaves, and of which days it tells."""

from datetime import date, timedelta

import pytest

from funnel.sharing.schedules import next_moment, span_before
from tests.funnel.mailing.january import MONTH, ROME, WEEK, rome


@pytest.mark.parametrize(
    ("every", "after", "then"),
    [
        (WEEK, rome(2026, 1, 14, 12, 0), rome(2026, 1, 19, 8, 0)),
        (WEEK, rome(2026, 1, 19, 7, 59), rome(2026, 1, 19, 8, 0)),
        (WEEK, rome(2026, 1, 19, 8, 0), rome(2026, 1, 26, 8, 0)),
        (WEEK, rome(2026, 3, 25, 12, 0), rome(2026, 3, 30, 8, 0)),  # the clock went forward on the 29th
        (WEEK, rome(2026, 10, 21, 12, 0), rome(2026, 10, 26, 8, 0)),  # and back on the 25th
        (WEEK, rome(2026, 12, 28, 9, 0), rome(2027, 1, 4, 8, 0)),
        (MONTH, rome(2026, 1, 31, 23, 0), rome(2026, 2, 1, 8, 0)),
        (MONTH, rome(2026, 2, 1, 8, 0), rome(2026, 3, 1, 8, 0)),
        (MONTH, rome(2026, 12, 1, 8, 1), rome(2027, 1, 1, 8, 0)),
    ],
)
def test_the_next_mail_leaves_at_eight_of_the_reporting_zone(every, after, then):
    assert next_moment(every, after=after, zone=ROME) == then
    assert next_moment(every, after=after, zone=ROME).astimezone(ROME).hour == 8


def test_a_week_with_a_change_of_the_clock_is_an_hour_shorter_or_longer():
    spring = next_moment(WEEK, after=rome(2026, 3, 23, 9, 0), zone=ROME) - rome(2026, 3, 23, 8, 0)
    assert rome(2026, 3, 30, 8, 0).timestamp() - rome(2026, 3, 23, 8, 0).timestamp() == 7 * 86400 - 3600
    assert spring == timedelta(days=7)  # on the wall


@pytest.mark.parametrize(
    ("every", "day", "since", "until"),
    [
        (WEEK, date(2026, 1, 19), date(2026, 1, 12), date(2026, 1, 18)),
        (WEEK, date(2026, 1, 25), date(2026, 1, 12), date(2026, 1, 18)),
        (WEEK, date(2026, 1, 1), date(2025, 12, 22), date(2025, 12, 28)),
        (MONTH, date(2026, 3, 1), date(2026, 2, 1), date(2026, 2, 28)),
        (MONTH, date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
        (MONTH, date(2028, 3, 1), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_mail_tells_of_the_last_whole_week_or_month(every, day, since, until):
    assert span_before(every, day) == (since, until)
