"""What the failure of an answer sets off: who hears of it, which ticket comes back, what its contact is told to be."""

import pytest

from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.delivery import claim, transport_of
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.outcomes import take_handover
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_department, make_inbox
from tests.helpdesk.connectors.email.recipients.answering import CARLA, answer, came_in, send
from tests.helpdesk.connectors.email.samples import mail

pytestmark = pytest.mark.django_db


def test_nobody_has_the_ticket_then_its_department_hears_of_it(ticket, alice, server):
    member = make_agent("Bea")
    ticket.department = make_department("Mail", members=(member,))
    ticket.save()
    server.answers = {CARLA: "550 no"}
    send(answer(ticket, alice, cc=()))
    assert [notice.user for notice in Notice.objects.all()] == [member]


def test_an_automatic_mail_that_fails_calls_nobody(ticket, server):
    server.answers = {CARLA: "550 no"}
    message = send(reply(ticket, "We got it.", by=SYSTEM))
    ticket.refresh_from_db()
    assert (message.state, Notice.objects.count()) == ("failed", 0)


@pytest.mark.django_db(transaction=True)
def test_an_address_that_does_not_exist_is_noted_at_its_contact_until_mail_comes_from_it(alice, server):
    ticket = came_in(mail("Where is it?"), make_inbox(address="support@example.com")).ticket
    server.answers = {CARLA: "550 5.1.1 no such user"}
    send(answer(ticket, alice, cc=()))
    ticket.contact.refresh_from_db()
    assert ticket.contact.attributes["mail_bounces"] == f"{CARLA}: 550 5.1.1 no such user"
    came_in(mail("Here I am", message_id="<m3@customer.example>"), ticket.inbox)
    ticket.contact.refresh_from_db()
    assert "mail_bounces" not in ticket.contact.attributes


@pytest.mark.django_db(transaction=True)
def test_a_server_that_dislikes_us_says_nothing_about_the_address(alice, server):
    ticket = came_in(mail("Where is it?"), make_inbox(address="support@example.com")).ticket
    server.answers = {CARLA: "550 5.7.1 your reputation is low"}
    send(answer(ticket, alice, cc=()))
    ticket.contact.refresh_from_db()
    assert "mail_bounces" not in ticket.contact.attributes


def test_an_answer_whose_ticket_is_merged_while_it_is_handed_over_brings_back_the_one_that_was_kept(
    ticket, alice, server
):
    kept = came_in(mail("Where is it, please?"), ticket.inbox).ticket
    server.answers = {CARLA: "550 5.1.1 No such user"}
    message = claim(answer(ticket, alice, cc=()).pk)
    close_ticket(ticket, by=by(alice))
    merge_tickets(kept, ticket, by=by(alice))
    close_ticket(kept, by=by(alice))
    take_handover(message, transport_of(message).send(message))
    ticket.refresh_from_db()
    kept.refresh_from_db()
    assert (ticket.status, kept.status) == ("closed", "open")
    assert Event.objects.get(name="message.failed").ticket_id == kept.pk
