from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import InboundFile
from helpdesk.inboxes.models import RawMessage
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.tickets.actions import restore_ticket, snooze_ticket, trash_ticket
from helpdesk.tickets.marks import mark_ticket
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.raw import store_raw
from helpdesk.tickets.tasks import wake_due
from helpdesk.tickets.trash import KEPT, empty_trash
from tests.factories import by, customer_writes, make_agent, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def trashed(ticket, *, days=0):
    trash_ticket(ticket, by=by(make_agent()))
    Ticket.objects.filter(pk=ticket.pk).update(trashed_at=clock.now() - timedelta(days=days))


def test_what_is_in_the_trash_is_in_no_other_list(names_of):
    ticket, agent = make_ticket(), make_agent()
    trash_ticket(ticket, by=by(agent))
    assert not Ticket.objects.awake().exists() and not Ticket.objects.spam().exists()
    assert Ticket.objects.trashed().get() == ticket
    restore_ticket(ticket, by=by(agent))
    assert Ticket.objects.awake().get() == ticket
    assert names_of(ticket)[-2:] == ["ticket.trashed", "ticket.restored"]


def test_time_wakes_it_only_when_it_is_out_of_the_trash(names_of):
    ticket, alice = make_ticket(), by(make_agent())
    snooze_ticket(ticket, until=clock.now() + timedelta(hours=1), by=alice)
    trash_ticket(ticket, by=alice)
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        wake_due()
        assert "ticket.woken" not in names_of(ticket)
        restore_ticket(ticket, by=alice)
        wake_due()
        assert "ticket.woken" in names_of(ticket)


def test_a_message_of_the_customer_brings_it_back(names_of):
    ticket = make_ticket()
    trashed(ticket)
    customer_writes(ticket.inbox, "Hello?", replies_to=[ticket.messages.get().external_id])
    assert Ticket.objects.awake().get() == ticket
    assert "ticket.restored" in names_of(ticket)


def test_no_open_conversation_goes_into_the_trash_by_a_merge():
    inbox, agent = make_inbox(), make_agent()
    kept, gone = (make_ticket(inbox, begins_ticket=True) for _ in range(2))
    trash_ticket(kept, by=by(agent))
    for one, other in ((kept, gone), (gone, kept)):
        with pytest.raises(Invalid, match="trash"):
            merge_tickets(one, other, by=by(agent))


def test_the_trash_is_emptied_after_a_while_and_the_figures_stay(django_capture_on_commit_callbacks):
    inbox = make_inbox()
    file = InboundFile("a.txt", "text/plain", b"hello")
    old = make_ticket(inbox, email="old@x.example", files=[file])
    before, into_old = make_ticket(inbox, email="b@x.example"), make_ticket(inbox, email="o@x.example")
    merge_tickets(into_old, before, by=by(make_agent()))
    merge_tickets(old, into_old, by=by(make_agent()))
    raw = store_raw(b"...", inbox=inbox, door="smtp")
    RawMessage.objects.update(ticket=old, outcome="created")
    fresh = make_ticket(inbox, email="fresh@x.example")
    name = Message.objects.get(attachments__name="a.txt").attachments.get().file.name
    trashed(old, days=KEPT.days + 1)
    trashed(fresh, days=KEPT.days - 1)
    facts = Event.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        assert empty_trash() == 1
    assert list(Ticket.objects.all()) == [fresh]
    assert not RawMessage.objects.filter(pk=raw.pk).exists()
    assert not default_storage.exists(name)
    assert Event.objects.count() == facts
    assert empty_trash() == 0


def test_with_a_ticket_go_the_words_of_its_customer_in_notices_and_ratings():
    ticket, kept = make_ticket(email="carla@x.example"), make_ticket(email="dora@x.example")
    for one in (ticket, kept):
        notify([make_agent()], Notice.Kind.WOKEN, key=f"{one.pk}", title="#1 My divorce", ticket_id=one.pk)
        data = {"comment": "Ask my lawyer", "agent": None}
        record(names.SURVEY_RATED, by=Actor("customer", None, "Carla"), ticket=one, value=2, data=data)
        record(names.VISITOR_DID, by=Actor("customer", None, "Carla"), ticket=one, data={"did": "Divorced"})
        mark_ticket(one, marks=["legal"], by=SYSTEM, why="My husband's lawyer")
    trashed(ticket, days=KEPT.days + 1)
    assert empty_trash() == 1
    did = Event.objects.filter(name=names.VISITOR_DID)
    assert dict(did.values_list("ticket", "data")) == {ticket.pk: {}, kept.pk: {"did": "Divorced"}}
    marked = Event.objects.filter(name=names.TICKET_MARKED, data__has_key="why")
    assert marked.get().ticket_id == kept.pk
    assert Notice.objects.get().ticket_id == kept.pk
    rated = Event.objects.filter(name=names.SURVEY_RATED)
    assert rated.get(ticket_id=ticket.pk).data == {"agent": None}
    assert rated.get(ticket_id=ticket.pk).value == 2
    assert rated.get(ticket_id=kept.pk).data["comment"] == "Ask my lawyer"
