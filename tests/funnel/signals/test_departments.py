"""Departments whose first answers became slower."""

import pytest

from funnel.invest.rules.departments import find_slower_departments
from tests import factories
from tests.funnel.signals.looking import NOBODY_DECIDED, firing
from tests.funnel.signals.rows import HOUR, add_conversations, at

pytestmark = pytest.mark.django_db


def test_a_department_whose_first_answers_became_slower_is_named(edition, desk):
    billing = factories.make_department("Billing").pk
    for month in (12, 1, 2):
        start = at(month, 10) if month < 12 else at(1, 5)
        add_conversations(edition, [600 + 10 * wait for wait in range(20)], start, department=billing)
    add_conversations(edition, [2 * HOUR + 60 * wait for wait in range(25)], at(3, 10), department=billing)
    found = firing(find_slower_departments(desk, NOBODY_DECIDED))
    assert list(found) == [str(billing)]
    told = found[str(billing)]
    assert told.figures["answered"] == 25
    assert (told.figure, told.figures["median_before"]) == (7920, 695)
    assert told.waiting_hours == pytest.approx(25 * (7920 - 695) / 3600)


def test_a_department_that_is_slower_within_chance_or_too_small_is_not_named(edition, desk):
    billing, sales = (factories.make_department(name).pk for name in ("Billing", "Sales"))
    add_conversations(edition, [600 + 60 * wait for wait in range(30)], at(2, 10), department=billing)
    add_conversations(edition, [660 + 60 * wait for wait in range(30)], at(3, 10), department=billing)
    add_conversations(edition, [60] * 19, at(2, 10), department=sales)
    add_conversations(edition, [9 * HOUR] * 19, at(3, 10), department=sales)
    measured = list(find_slower_departments(desk, NOBODY_DECIDED))
    assert [each.subject for each in measured] == [str(billing)]
    assert not firing(measured)
