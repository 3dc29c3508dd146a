"""The demo's log of triggers has something to say, and filling twice changes nothing."""

import pytest

from helpdesk.events.models import Event
from routing.demo import fill_departments, fill_triggers
from routing.models import Trigger, TriggerRun
from routing.triggers.demo import fill_firings, fill_waiting_triggers
from tests.factories import customer_writes

pytestmark = pytest.mark.django_db


def test_what_waits_was_sorted_by_triggers():
    fill_departments()
    ticket = customer_writes(subject="Where is my parcel?").ticket
    for _ in range(2):
        fill_triggers()
        fill_waiting_triggers()
        fill_firings()
    assert Trigger.objects.filter(after_minutes__isnull=False).count() == 2
    run = TriggerRun.objects.get()
    assert (run.trigger_name, run.ticket, run.outcome) == ("Parcels go to Shipping", ticket, "done")
    assert Event.objects.filter(ticket=ticket, actor_kind="trigger").count() == 2
