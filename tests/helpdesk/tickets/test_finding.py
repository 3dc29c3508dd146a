"""Which ticket a message belongs to: what joins one, and what begins one of its own."""

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.inboxes.contract import Sender
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.subjects import are_close, bare_subject
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_agent, make_inbox

pytestmark = pytest.mark.django_db
MALLORY = "mallory@elsewhere.example"
BOB = Sender("email", "bob@customer.example", name="Bob")


@pytest.fixture
def inbox():
    return make_inbox()


@pytest.fixture
def closed_days_ago(inbox):
    def close(days):
        with clock.frozen_at(clock.now() - timedelta(days=days)):
            return close_ticket(customer_writes(inbox, subject="Torn tent").ticket, by=SYSTEM)

    return close


def test_a_signed_address_goes_before_references_and_these_before_the_subject(inbox):
    by_address, by_reference, by_subject = (customer_writes(inbox) for _ in range(3))
    named = {"subject_ticket_id": by_subject.ticket.pk}
    assert customer_writes(inbox, **named).message.thread_reason == "subject"
    named["replies_to"] = [by_reference.message.external_id]
    found = customer_writes(inbox, **named)
    assert (found.ticket, found.message.thread_reason) == (by_reference.ticket, "reference")
    named["ticket_id"] = by_address.ticket.pk
    found = customer_writes(inbox, **named)
    assert (found.ticket, found.message.thread_reason) == (by_address.ticket, "address")


def test_whoever_answers_a_mail_of_ours_joins_by_its_message_id(inbox, outbox):
    ticket = customer_writes(inbox).ticket
    answer = reply(ticket, "On its way.", by=by(make_agent()))
    answer.external_id = "t1.m2.abc@shop.example"
    answer.save()
    joined = customer_writes(inbox, email=MALLORY, replies_to=[answer.external_id])
    assert (joined.ticket, joined.message.thread_reason) == (ticket, "reference")
    assert joined.message.is_by_newcomer


def test_a_customers_message_id_can_be_guessed_and_lets_no_stranger_in(inbox):
    first = customer_writes(inbox, external_id="1@customer.example")
    strange = customer_writes(inbox, email=MALLORY, replies_to=["1@customer.example"])
    assert strange.ticket != first.ticket
    assert strange.message.thread_reason == "new_stranger"


def test_a_colleague_in_copy_joins_by_the_customers_own_message_id(inbox):
    first = customer_writes(inbox, external_id="1@customer.example", participants=[BOB])
    joined = customer_writes(inbox, sender=BOB, replies_to=["1@customer.example"])
    assert joined.ticket == first.ticket


def test_a_mail_that_came_by_another_inbox_is_known_too(inbox):
    first = customer_writes(make_inbox(), external_id="1@customer.example")
    assert customer_writes(inbox, replies_to=["1@customer.example"]).ticket == first.ticket


def test_the_nearest_message_decides_and_every_reference_is_looked_at(inbox):
    near, far = customer_writes(inbox), customer_writes(inbox)
    ids = ["nobody@x", near.message.external_id, far.message.external_id]
    assert customer_writes(inbox, replies_to=ids).ticket == near.ticket
    assert customer_writes(inbox, replies_to=ids[:1] * 40 + ids[2:]).ticket == far.ticket


def test_two_who_answer_one_newsletter_do_not_meet_on_a_ticket(inbox):
    """The newsletter itself went round by another program; neither is the other's business."""
    one = customer_writes(inbox, email="a@x.example", replies_to=["news-7@shop.example"], subject="Re: News")
    other = customer_writes(
        inbox, email="b@x.example", replies_to=["news-7@shop.example"], subject="Re: News"
    )
    assert one.ticket != other.ticket


def test_the_same_subject_alone_joins_nothing(inbox):
    assert customer_writes(inbox).ticket != customer_writes(inbox).ticket


def test_a_sender_whose_domain_denies_the_mail_is_nobodys_participant(inbox):
    first = customer_writes(inbox, external_id="1@customer.example")
    for way in ({"replies_to": ["1@customer.example"]}, {"subject_ticket_id": first.ticket.pk}):
        assert customer_writes(inbox, sender_check="fail", **way).ticket != first.ticket
        assert customer_writes(inbox, sender_check="pass", **way).ticket == first.ticket


@pytest.mark.parametrize(
    ("days", "subject", "outcome", "reason"),
    [
        (2, "Another thing entirely", "appended", "address"),
        (4, "Another thing entirely", "created", "new_subject"),
        (4, "Re: Torn tent", "appended", "address"),
        (4, "Torn tent!", "appended", "address"),
        (4, "AW: Re: Torn tent [#1]", "appended", "address"),
        (4, "Re: Something they call it", "appended", "address"),
        (4, "", "appended", "address"),
        (31, "Re: Torn tent", "created", "new_over"),
    ],
)
def test_a_subject_of_its_own_begins_a_linked_ticket_some_days_after_closing(
    inbox, closed_days_ago, days, subject, outcome, reason
):
    ticket = closed_days_ago(days)
    found = customer_writes(inbox, "Hello", subject=subject, ticket_id=ticket.pk)
    assert (found.outcome, found.message.thread_reason) == (outcome, reason)
    assert found.ticket.follow_up_of == (ticket if outcome == "created" else None)


def test_a_machines_mail_is_filed_on_the_old_ticket_and_opens_no_new_one(inbox, closed_days_ago):
    ticket = closed_days_ago(60)
    found = customer_writes(inbox, "Away", subject="Out of office", ticket_id=ticket.pk, is_automatic=True)
    assert (found.outcome, found.ticket.status) == ("appended", "closed")


def test_a_new_ticket_says_that_nothing_named_an_earlier_one(inbox):
    assert customer_writes(inbox).message.thread_reason == "new"


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("Re: Fwd: Torn tent [#42]", "torn  TENT", True),
        ("回复：退货", "退货", True),
        ("Order 4711", "Order 4712", False),
        ("Torn tent", "Invoice", False),
        ("Torn tent", "My torn tent", True),
        ("", "", False),
        ("Re:", "Re:", False),
    ],
)
def test_subjects_are_compared_by_what_they_say(one, other, close):
    assert are_close(one, other) is close


def test_every_mark_before_a_subject_goes():
    assert bare_subject("AW: Re[2]: FWD:  Torn\n tent [#42]") == "torn tent"
