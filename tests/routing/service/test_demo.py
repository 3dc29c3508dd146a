import pytest

from routing.models import EscalationPath, Promise, ServicePolicy
from routing.service.demo import fill_service
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def test_the_demo_promises_for_what_is_open_and_filling_twice_changes_nothing():
    make_ticket()
    fill_service()
    fill_service()
    assert (ServicePolicy.objects.count(), EscalationPath.objects.count()) == (2, 1)
    assert set(Promise.objects.values_list("kind", "policy_name")) == {
        ("first", "Everybody"),
        ("resolution", "Everybody"),
    }
