"""Proactive messages beside people seeking help: what can be said of them, and what cannot."""

from datetime import UTC, date, datetime

import pytest

from funnel.page.messages import messages_section
from funnel.report.estimates import correlation
from funnel.report.period import Period
from helpdesk import clock

YEAR = Period(date(2025, 8, 1), date(2026, 7, 31), UTC)
NOW = datetime(2026, 7, 15, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SENT = (100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 5)
DEMAND = (120, 110, 100, 90, 80, 70, 60, 50, 40, 30, 20, 999)


def month_rows(sent=SENT, sessions=DEMAND, people=None):
    return [
        {
            "month": f"{month:%Y-%m}",
            "so_far": month == date(2026, 7, 1),
            "proactive_sent": sent[index],
            "sessions": sessions[index],
            "people": people[index] if people else None,
        }
        for index, month in enumerate(YEAR.months())
    ]


def said(rows, *, since=LONG_AGO, period=YEAR):
    with clock.frozen_at(NOW):
        return messages_section({"months": rows}, period, since)


# Anscombe (1973, The American Statistician 27:17), the first of his four sets.
ANSCOMBE_X = (10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5)
ANSCOMBE_Y = (8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68)


@pytest.mark.parametrize(
    ("xs", "ys", "r"),
    [
        (ANSCOMBE_X, ANSCOMBE_Y, 0.81642),
        ((1, 2, 3), (2, 4, 6), 1.0),
        ((1, 2, 3), (6, 4, 2), -1.0),
        ((1, 1, 1), (6, 4, 2), None),
        ((1,), (2,), None),
        ((), (), None),
    ],
)
def test_correlation_is_pearsons(xs, ys, r):
    assert correlation(xs, ys) == (None if r is None else pytest.approx(r, abs=1e-5))


def test_the_running_month_is_left_out_of_the_correlation():
    section = said(month_rows())
    assert section.moved == "The two moved apart: r = −1.00 over 11 complete months."
    assert section.caution == "This is no proof that one causes the other."


def test_below_six_complete_months_it_says_how_many_it_needs():
    section = said(month_rows(), since=datetime(2026, 2, 2, tzinfo=UTC))
    assert "from 6 complete months on; there are 5 so far." in section.moved
    assert "r =" not in section.moved
    assert section.caution == ""
    assert "r =" in said(month_rows(), since=datetime(2026, 1, 2, tzinfo=UTC)).moved


def test_a_month_of_which_the_period_has_a_part_is_not_complete():
    section = said(month_rows(), period=Period(date(2025, 8, 2), YEAR.until, UTC))
    assert "over 10 complete months" in section.moved


def test_where_active_people_are_known_demand_is_a_share_of_them():
    doubled = [demand * 10 for demand in DEMAND]
    section = said(month_rows(people=doubled))
    assert section.is_per_thousand
    assert section.rows[0]["per_thousand"] == "100.0"
    assert section.moved.startswith("One of the two did not change")
    assert "for each 1,000 active people" in section.picture


def test_where_nothing_was_sent_there_is_no_such_section():
    assert said(month_rows(sent=[0] * 12)) is None
