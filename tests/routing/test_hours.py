"""The vectors of metrics.md section 1, and what schedules of real teams need."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hours import as_hours, business_seconds, is_open
from routing.models import BusinessHours
from tests.factories import make_department

ROME = ZoneInfo("Europe/Rome")
OFFICE = [[day, "09:00", "18:00"] for day in range(5)]
ALWAYS = [[day, "00:00", "24:00"] for day in range(7)]


def rome(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ROME).astimezone(UTC)


@pytest.mark.parametrize(
    ("weekly", "holidays", "start", "end", "expected"),
    [
        (OFFICE, [], rome(2026, 3, 20, 17, 30), rome(2026, 3, 23, 9, 15), 2700),
        (OFFICE, [], rome(2026, 3, 21, 11), rome(2026, 3, 23, 10), 3600),
        (OFFICE, [], rome(2026, 3, 28, 12), rome(2026, 3, 30, 12), 10800),
        (ALWAYS, [], rome(2026, 3, 29), rome(2026, 3, 30), 82800),
        (ALWAYS, [], rome(2026, 10, 25), rome(2026, 10, 26), 90000),
        (OFFICE, ["2026-04-06"], rome(2026, 4, 3, 17), rome(2026, 4, 7, 10), 7200),
        (OFFICE, [["2026-04-06", "Easter Monday"]], rome(2026, 4, 3, 17), rome(2026, 4, 7, 10), 7200),
        ([[0, "22:00", "06:00"]], [], rome(2026, 3, 24, 5), rome(2026, 3, 24, 9), 3600),
        (
            [[0, "09:00", "12:30"], [0, "13:30", "18:00"]],
            [],
            rome(2026, 3, 23, 12),
            rome(2026, 3, 23, 14),
            3600,
        ),
        ([[0, "09:00", "14:00"], [0, "12:00", "18:00"]], [], rome(2026, 3, 23), rome(2026, 3, 24), 32400),
        ([], [], rome(2026, 3, 23), rome(2026, 3, 24), 0),
        (OFFICE, [], rome(2026, 3, 23, 10), rome(2026, 3, 23, 9, 30), 0),
    ],
)
def test_seconds_inside_hours(weekly, holidays, start, end, expected):
    assert as_hours("Europe/Rome", weekly, holidays).seconds(start, end) == expected


@given(
    start=st.integers(0, 60 * 24 * 330).map(lambda n: rome(2026, 1, 1) + timedelta(minutes=n)),
    minutes=st.integers(0, 60 * 24 * 12),
    cut=st.floats(0, 1),
)
def test_a_span_is_the_sum_of_its_parts_and_minutes_agree_with_is_open(start, minutes, cut):
    hours = as_hours("Europe/Rome", [*OFFICE, [4, "23:00", "02:00"]], ["2026-05-01"])
    middle, end = start + timedelta(minutes=int(minutes * cut)), start + timedelta(minutes=minutes)
    assert hours.seconds(start, end) == hours.seconds(start, middle) + hours.seconds(middle, end)
    sample = [start + timedelta(minutes=n) for n in range(0, min(minutes, 3000), 37)]
    for minute in sample:
        inside = hours.seconds(minute, minute + timedelta(minutes=1))
        assert inside == (60 if hours.is_open(minute) else 0)


@pytest.mark.django_db
def test_a_department_keeps_its_own_hours_and_the_others_the_workspaces():
    night = BusinessHours.objects.create(
        name="Night", time_zone="Europe/Rome", weekly=[[0, "22:00", "06:00"]]
    )
    department = make_department("Night watch", hours=night)
    other = make_department("Billing")
    start, end = rome(2026, 3, 23, 9), rome(2026, 3, 24, 9)
    assert business_seconds(start, end, other.pk) == 86400
    BusinessHours.objects.create(name="Office", time_zone="Europe/Rome", weekly=OFFICE, is_default=True)
    assert business_seconds(start, end, department.pk) == 8 * 3600
    assert business_seconds(start, end, other.pk) == 9 * 3600
    assert business_seconds(start, end, None) == 9 * 3600
    assert is_open(rome(2026, 3, 23, 23), department.pk)
    assert not is_open(rome(2026, 3, 23, 23), other.pk)


@pytest.mark.django_db
def test_asking_the_clock_costs_one_query(django_assert_num_queries):
    BusinessHours.objects.create(name="Office", time_zone="Europe/Rome", weekly=OFFICE, is_default=True)
    with django_assert_num_queries(1):
        business_seconds(rome(2025, 3, 23, 9), rome(2026, 3, 24, 9), None)


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        (rome(2026, 3, 20, 17, 30), rome(2026, 3, 20, 17, 30)),
        (rome(2026, 3, 20, 18), rome(2026, 3, 23, 9)),
        (rome(2026, 3, 28, 12), rome(2026, 3, 30, 9)),
        (rome(2026, 4, 3, 19), rome(2026, 4, 7, 9)),
    ],
    ids=["open now", "over the weekend", "over the change of the clock", "over Easter Monday"],
)
def test_when_somebody_is_there_again(asked, opens):
    assert as_hours("Europe/Rome", OFFICE, ["2026-04-06"]).next_opening(asked) == opens


def test_a_schedule_without_hours_never_opens():
    assert as_hours("Europe/Rome", [], []).next_opening(rome(2026, 3, 20, 12)) is None
