"""The demo shop's rules and shifts."""

import pytest

from helpdesk.demo.people import fill_people
from routing.assignment.demo import fill_assignment
from routing.demo import fill_departments
from routing.models import AssignmentRule, Department, Membership, Shift, Skill

pytestmark = pytest.mark.django_db


def test_filling_twice_is_filling_once():
    fill_departments()
    fill_people()
    for _ in range(2):
        fill_assignment()
    assert [rule.name for rule in AssignmentRule.objects.all()] == [
        "Invoices and refunds",
        "Letters in Chinese",
        "Everything else",
    ]
    assert Shift.objects.count() == 40
    assert {skill.name for skill in Skill.objects.all()} == {"Chinese", "Sizes and materials"}
    assert Department.objects.get(name="Billing").is_automatic
    assert set(Membership.objects.filter(role="lead").values_list("user__name", flat=True)) == {
        "Elena Marchetti"
    }
