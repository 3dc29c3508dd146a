"""The vectors of metrics.md section 1, and what schedules of real teams need."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.hours import Hours, as_hours, business_seconds, hours_of, is_open
from routing.models import BusinessHours
from routing.preview import preview
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
        (OFFICE, [["04-06", "Every year"]], rome(2026, 4, 3, 17), rome(2026, 4, 7, 10), 7200),
        (OFFICE, [["2026-12-24", "", [["09:00", "13:00"]]]], rome(2026, 12, 24), rome(2026, 12, 25), 14400),
        (OFFICE, [["2026-03-21", "", [["10:00", "12:00"]]]], rome(2026, 3, 21), rome(2026, 3, 22), 7200),
        (
            OFFICE,
            [["12-24", "shut"], ["2026-12-24", "", [["09:00", "13:00"]]]],
            rome(2026, 12, 24),
            rome(2026, 12, 25),
            14400,
        ),
        (OFFICE, [["2026-03-23", "", [["22:00", "02:00"]]]], rome(2026, 3, 24), rome(2026, 3, 24, 9), 7200),
    ],
)
def test_seconds_inside_hours(weekly, holidays, start, end, expected):
    assert as_hours("Europe/Rome", weekly, holidays).seconds(start, end) == expected


TIMES = st.sampled_from(
    ["00:00", "01:30", "02:00", "02:30", "03:00", "09:00", "12:30", "18:00", "22:00", "23:45"]
)
SPANS = st.lists(st.tuples(TIMES, TIMES).filter(lambda span: span[0] != span[1]).map(list), max_size=3)
WEEKS = st.lists(
    st.tuples(st.integers(0, 6), TIMES, TIMES).filter(lambda span: span[1] != span[2]).map(list), max_size=8
)
NEAR_A_CHANGE = (rome(2026, 3, 27), rome(2026, 10, 23), rome(2026, 6, 1))
SPECIALS = st.lists(
    st.tuples(
        st.sampled_from(["2026-03-29", "2026-10-25", "03-28", "10-24", "2026-06-02"]), st.just(""), SPANS
    ).map(list),
    max_size=2,
)
SCHEDULES = st.builds(lambda week, special: as_hours("Europe/Rome", week, special), WEEKS, SPECIALS)
STARTS = st.builds(
    lambda day, n: day + timedelta(minutes=n), st.sampled_from(NEAR_A_CHANGE), st.integers(0, 60 * 24 * 5)
)


def open_minutes(hours: Hours, start: datetime, minutes: int) -> int:
    """The oracle: walks from minute to minute with the clock on the wall, which never goes back, and knows nothing of offsets."""
    begin = start - timedelta(days=3)
    wall_was = begin.astimezone(ROME).replace(tzinfo=None)
    spans = [
        (
            datetime.combine(day, opens),
            datetime.combine(day if closes and closes > opens else day + timedelta(days=1), closes or time()),
        )
        for day in (begin.astimezone(ROME).date() + timedelta(days=n) for n in range(minutes // 1440 + 6))
        for opens, closes in hours.spans_on(day)
    ]
    found, moment, end = 0, begin, start + timedelta(minutes=minutes)
    while moment < end:
        wall_was = max(wall_was, moment.astimezone(ROME).replace(tzinfo=None))
        if moment >= start and any(opens <= wall_was < closes for opens, closes in spans):
            found += 1
        moment += timedelta(minutes=1)
    return found


@settings(max_examples=60, deadline=None)
@given(hours=SCHEDULES, start=STARTS, minutes=st.integers(0, 60 * 24 * 2))
def test_a_span_holds_the_minutes_that_a_walk_with_the_wall_clock_finds(hours, start, minutes):
    assert hours.seconds(start, start + timedelta(minutes=minutes)) == 60 * open_minutes(
        hours, start, minutes
    )


@given(hours=SCHEDULES, start=STARTS, first=st.integers(0, 400_000), second=st.integers(0, 400_000))
def test_a_span_is_the_sum_of_its_parts(hours, start, first, second):
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    assert hours.seconds(start, end) == hours.seconds(start, middle) + hours.seconds(middle, end)


@given(hours=SCHEDULES, start=STARTS, seconds=st.integers(0, 300_000))
def test_after_so_many_seconds_is_the_first_moment_by_which_they_have_passed(hours, start, seconds):
    until = hours.after(start, seconds)
    if until is None:
        assert hours.seconds(start, start + timedelta(days=1000)) < seconds
        return
    assert hours.seconds(start, until) == seconds
    assert until == start or hours.seconds(start, until - timedelta(seconds=1)) == seconds - 1


def test_a_shift_that_ends_in_the_hour_that_is_left_out_ends_at_the_change_of_the_clock():
    night = as_hours("Europe/Rome", [[6, "00:00", "02:30"]], [])
    assert night.seconds(rome(2026, 3, 29), rome(2026, 3, 29, 12)) == 2 * 3600
    assert night.seconds(rome(2026, 10, 25), rome(2026, 10, 25, 12)) == 2.5 * 3600


def test_the_preview_shows_a_night_shift_on_both_days_and_the_special_days():
    hours = as_hours("Europe/Rome", [[0, "22:00", "06:00"], [2, "09:00", "24:00"]], [["03-26", "Shut"]])
    shown = preview(hours, rome(2026, 3, 23, 12))
    assert [day.bars for day in shown.days[:4]] == [((1320, 120),), ((0, 360),), ((540, 900),), ()]
    assert shown.days[3].is_special and shown.hours == 23
    assert not shown.is_open and shown.opens_at == rome(2026, 3, 23, 22)
    assert shown.specials == [(date(2026, 3, 26), ())]


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
    assert hours_of(department.pk).after(start, 3600) == rome(2026, 3, 23, 23)
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
