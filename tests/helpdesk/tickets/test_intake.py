from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.inboxes.contract import InboundFile, Sender
from helpdesk.lexemes import HasWords
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import close_ticket, set_ticket_status, snooze_ticket
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, inbound, make_agent, make_department, make_inbox
from tests.locks import wait_until_somebody_waits

pytestmark = pytest.mark.django_db


def test_a_first_message_opens_a_ticket_that_waits_for_the_team(names_of):
    inbox = make_inbox(department=make_department("Support"))
    receipt = customer_writes(inbox, "Where is my parcel?", subject="Parcel")
    ticket = receipt.ticket
    assert receipt.outcome == "created"
    assert (ticket.subject, ticket.status, ticket.department.name) == ("Parcel", "new", "Support")
    assert ticket.waiting_since and ticket.queued_at and ticket.last_snippet == "Where is my parcel?"
    assert names_of(ticket) == ["ticket.created", "ticket.queued", "message.received"]


def test_the_same_message_twice_is_one_message():
    message = inbound(make_inbox())
    first, second = receive(message), receive(message)
    assert second.outcome == "duplicate"
    assert second.message == first.message
    assert Message.objects.count() == 1


def test_two_different_messages_under_one_id_are_both_kept():
    inbox = make_inbox()
    first = receive(inbound(inbox, "one", external_id="<same@x>", body_digest="a" * 64))
    second = receive(inbound(inbox, "two", external_id="<same@x>", body_digest="b" * 64))
    again = receive(inbound(inbox, "two", external_id="<same@x>", body_digest="b" * 64))
    assert (second.outcome, again.outcome) == ("created", "duplicate")
    assert {first.message.text, second.message.text} == {"one", "two"}


@pytest.mark.django_db(transaction=True)
def test_the_same_message_from_many_doors_at_once_is_one_message():
    message = inbound(make_inbox())

    def knock(_: int) -> str:
        try:
            return receive(message).outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(knock, range(12)))
    assert sorted(set(outcomes)) == ["created", "duplicate"]
    assert Message.objects.count() == Ticket.objects.count() == 1
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_chat_lines_at_the_same_moment_open_one_ticket():
    inbox = make_inbox("webchat")
    visitor = Sender("visitor", "v-1")
    lines = [inbound(inbox, f"line {i}", sender=visitor, external_id=f"line-{i}") for i in range(6)]

    def say(line: object) -> None:
        try:
            receive(line)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(say, lines))
    assert Ticket.objects.count() == 1
    assert Message.objects.count() == 6


def test_a_reply_to_one_of_our_messages_lands_on_its_ticket_and_says_why():
    inbox = make_inbox()
    first = customer_writes(inbox, external_id="<q@x>")
    answer = customer_writes(inbox, "more", replies_to=["<unknown@x>", "<q@x>"])
    assert answer.ticket == first.ticket
    assert answer.message.thread_reason == "reference"


def test_a_ticket_number_in_the_subject_counts_only_from_a_participant():
    inbox = make_inbox()
    ticket = customer_writes(inbox).ticket
    stranger = customer_writes(inbox, email="mallory@customer.example", subject_ticket_id=ticket.pk)
    own = customer_writes(inbox, subject_ticket_id=ticket.pk)
    assert stranger.ticket != ticket
    assert own.ticket == ticket
    assert own.message.thread_reason == "subject"


def test_a_mail_can_not_name_a_message_of_another_channel():
    sender = Sender("telegram", "7001", name="Carla")
    chat = customer_writes(make_inbox("telegram"), external_id="tg1:7001:5", sender=sender)
    mail = customer_writes(replies_to=["tg1:7001:5"], email="mallory@elsewhere.example")
    assert mail.ticket != chat.ticket


def test_a_reply_to_a_closed_ticket_reopens_it(names_of):
    inbox = make_inbox()
    ticket = close_ticket(customer_writes(inbox).ticket, by=SYSTEM)
    again = customer_writes(inbox, "still broken", ticket_id=ticket.pk).ticket
    assert again == ticket
    assert (again.status, again.closed_at) == ("open", None)
    assert names_of(ticket)[-2:] == ["message.received", "ticket.reopened"]


def test_a_reply_long_after_closing_opens_a_linked_new_ticket():
    inbox = make_inbox()
    with clock.frozen_at(clock.now() - timedelta(days=40)):
        ticket = close_ticket(customer_writes(inbox).ticket, by=SYSTEM)
    later = customer_writes(inbox, "another thing", ticket_id=ticket.pk)
    assert later.outcome == "created"
    assert later.ticket.follow_up_of == ticket


def test_a_chat_goes_on_in_its_ticket_and_begins_a_new_one_days_after_closing():
    inbox = make_inbox("webchat")
    visitor = Sender("visitor", "v-1")
    with clock.frozen_at(clock.now() - timedelta(days=10)):
        first = customer_writes(inbox, sender=visitor).ticket
        assert customer_writes(inbox, "and more", sender=visitor).ticket == first
        close_ticket(first, by=SYSTEM)
    assert customer_writes(inbox, "hello again", sender=visitor).ticket != first


def test_a_message_wakes_a_snoozed_ticket_and_ends_pending():
    inbox = make_inbox()
    ticket = set_ticket_status(customer_writes(inbox).ticket, status="pending", by=SYSTEM)
    snooze_ticket(ticket, until=clock.now() + timedelta(days=1), by=SYSTEM)
    ticket = customer_writes(inbox, "hello?", ticket_id=ticket.pk).ticket
    assert (ticket.status, ticket.snoozed_until) == ("open", None)


def test_machine_mail_on_a_closed_ticket_is_filed_and_does_not_reopen_it():
    inbox = make_inbox()
    ticket = close_ticket(customer_writes(inbox).ticket, by=SYSTEM)
    ticket = customer_writes(inbox, "I am away", ticket_id=ticket.pk, is_automatic=True).ticket
    assert ticket.status == "closed"
    assert ticket.waiting_since is None


def test_bytes_that_the_database_refuses_do_not_cost_the_message():
    receipt = customer_writes(text="a\x00b \ud800 c", subject="s\x00", name="N\x00")
    assert receipt.message.text == "ab � c"


def test_a_huge_text_is_stored_whole_and_found_by_its_beginning():
    text = "zephyrine " + "word " * 300_000
    receipt = customer_writes(text=text)
    assert len(Message.objects.get(pk=receipt.message.pk).text) == len(text)
    found = Message.objects.filter(HasWords("text", query="zephyrine"))
    assert found.get() == receipt.message


def test_files_come_along_under_safe_names():
    file = InboundFile("../../etc/pass\x00wd.txt", "text/plain", b"hello")
    message = customer_writes(files=[file]).message
    attachment = message.attachments.get()
    assert (attachment.name, attachment.size, attachment.file.read()) == ("pass_wd.txt", 5, b"hello")


@pytest.mark.django_db(transaction=True)
def test_customer_and_agent_who_write_at_the_same_moment_do_not_block_each_other():
    inbox, agent = make_inbox(), make_agent()
    first = customer_writes(inbox)
    ours = [first.message.external_id]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            reply(first.ticket, "On its way.", by=by(agent))
            theirs = pool.submit(in_own_connection, lambda: customer_writes(inbox, "Hello?", replies_to=ours))
            wait_until_somebody_waits()
        assert theirs.result().ticket == first.ticket


def in_own_connection(work):
    try:
        return work()
    finally:
        connection.close()
