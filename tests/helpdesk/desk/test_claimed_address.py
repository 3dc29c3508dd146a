"""Whether a customer's address is known to be theirs, as the desk says it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from helpdesk.inboxes.contract import Sender
from helpdesk.people.contacts import add_identity
from tests.factories import make_agent, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(client):
    client.force_login(make_agent("Alice"))
    return lambda ticket: client.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()


def test_an_address_that_was_only_typed_is_marked_in_the_head_and_beside_the_conversation(page_of):
    ticket = make_ticket(inbox=make_inbox("webchat"), sender=Sender("visitor", uuid4().hex))
    ticket.contact.email = "Carla@customer.example"
    ticket.contact.save()
    page = page_of(ticket)
    head, about = page.split('id="about"')
    assert "claimed" in head.split('id="ticket-head"')[1] and "claimed" in about
    add_identity(ticket.contact, "email", "carla@customer.example")
    assert 'class="claimed"' not in page_of(ticket)


def test_who_left_no_address_or_wrote_by_mail_is_not_marked(page_of):
    assert 'class="claimed"' not in page_of(make_ticket())
    ticket = make_ticket(inbox=make_inbox("webchat"), sender=Sender("visitor", uuid4().hex))
    assert 'class="claimed"' not in page_of(ticket)
