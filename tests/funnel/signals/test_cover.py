"""Hours in which nobody answers."""

from datetime import timedelta

import pytest

from funnel.invest.rules.cover import find_hours_without_cover
from funnel.invest.week import A_WEEK, Stretch, stretches_of
from funnel.invest.weekdays import say_stretch
from funnel.models import Edition
from tests import factories
from tests.funnel.signals.looking import NOBODY_DECIDED, firing
from tests.funnel.signals.rows import HOUR, add_conversations, at

pytestmark = pytest.mark.django_db


def test_hours_in_which_nobody_answers_are_found(edition, desk):
    a_week_of(edition, weekend=31 * HOUR)
    (found,) = firing(find_hours_without_cover(desk, NOBODY_DECIDED)).values()
    stretch = Stretch.from_word(found.figures["stretch"])
    assert stretch.days == (5,) and stretch.opens == 10
    assert found.figures["share"] == pytest.approx(40 / 540)
    assert found.figure == pytest.approx(31 * HOUR + 11)
    assert found.figures["median_rest"] < 400
    assert len(found.figures["tickets"]) == 40
    assert found.waiting_hours == pytest.approx(40 / 3 * 31, rel=0.01)  # a month of three


def a_week_of(edition: Edition, *, weekend: int, monday: int = 5) -> None:
    """Four weeks of February and March: short waits from Monday to Friday, `weekend` seconds on Saturdays from 10 to 14."""
    for week in range(5):
        for day in range(5):
            for hour in (9, 11, 13, 15):
                start = at(2, 2, hour) + timedelta(days=7 * week + day)
                add_conversations(edition, [300 + 10 * day + hour] * monday, start)
        for hour in (10, 12):
            add_conversations(edition, [weekend + hour] * 4, at(2, 7, hour) + timedelta(days=7 * week))


def test_hours_as_quick_as_the_others_are_not_found(edition, desk):
    a_week_of(edition, weekend=400)
    assert not list(find_hours_without_cover(desk, NOBODY_DECIDED))


def test_a_few_slow_answers_are_no_pattern(edition, desk):
    a_week_of(edition, weekend=400)
    add_conversations(edition, [50 * HOUR] * 10, at(3, 8, 16))
    assert not list(find_hours_without_cover(desk, NOBODY_DECIDED))


def test_a_department_without_cover_is_found_where_the_desk_as_a_whole_is_quick(edition, desk):
    a_week_of(edition, weekend=400)
    billing = factories.make_department("Billing").pk
    for week in range(6):
        for day in range(5):
            start = at(2, 2) + timedelta(days=7 * week + day)
            add_conversations(edition, [9 * HOUR if day == 2 else 300] * 4, start, department=billing)
    (found,) = firing(find_hours_without_cover(desk, NOBODY_DECIDED)).values()
    assert found.subject.startswith(f"{billing}:2.5.")
    assert (found.figures["department"], found.figures["share"]) == ("Billing", 0.2)


def test_hours_that_were_decided_on_are_measured_on_and_not_found_again_with_other_edges(edition, desk):
    a_week_of(edition, weekend=31 * HOUR)
    (found,) = find_hours_without_cover(desk, NOBODY_DECIDED)
    a_little_longer = f"all:5.5.{Stretch.from_word(found.figures['stretch']).length + 1}"
    (again,) = find_hours_without_cover(desk, frozenset([a_little_longer]))
    assert (again.subject, again.is_firing, again.figure) == (a_little_longer, True, found.figure)


def test_stretches_run_round_the_week_and_join_alike_nights():
    slow = [False] * A_WEEK
    for day in range(7):
        for span in range(9, 16):
            slow[(12 * day + span) % A_WEEK] = True
    slow[11] = None  # too quiet to say, between slow ones
    (nights,) = stretches_of(slow)
    assert nights.days == tuple(range(7))
    assert say_stretch(nights) == "Mon–Sun 18:00 to 08:00"
    weekend = [False] * A_WEEK
    for span in range(4 * 12 + 9, 7 * 12 + 4):
        weekend[span % A_WEEK] = True
    (stretch,) = stretches_of(weekend)
    assert say_stretch(stretch) == "Fri 18:00 to Mon 08:00"
    assert Stretch.from_word(stretch.word) == stretch
    assert stretches_of([True] * A_WEEK) == []
