"""The demo's messages to visitors leave what the product's own verbs would have left."""

import pytest
from django.db.models import Count

from helpdesk.demo.history import fill_history
from helpdesk.demo.people import fill_people
from helpdesk.demo.proactive import LOOKERS, fill_proactive
from helpdesk.events.models import Event
from helpdesk.people.models import ContactIdentity
from helpdesk.proactive.models import ProactiveMessage, ProactiveSending
from tests.helpdesk.demo.test_filling import fill_departments

pytestmark = pytest.mark.django_db


def test_each_sending_has_its_facts_in_order_and_each_answer_its_chat():
    fill_departments()
    fill_people()
    fill_history(240)
    fill_proactive()
    assert ProactiveMessage.objects.filter(is_active=True).count() == 2
    sendings = ProactiveSending.objects.select_related("ticket")
    counted = sendings.aggregate(sent=Count("id"), opened=Count("opened_at"), replied=Count("answered_at"))
    facts = Event.objects.filter(name__startswith="proactive.")
    assert counted["sent"] > LOOKERS and counted["replied"] > 0
    for name, count in counted.items():
        assert facts.filter(name=f"proactive.{name}").count() == count
    moments = list(facts.order_by("id").values_list("occurred_at", flat=True))
    assert moments == sorted(moments)
    for one in sendings.filter(answered_at__isnull=False):
        assert one.shown_at < one.opened_at < one.answered_at == one.ticket.created_at
        browser = ContactIdentity.objects.get(kind="visitor", value=str(one.visitor))
        assert browser.contact_id == one.ticket.contact_id == one.contact_id
