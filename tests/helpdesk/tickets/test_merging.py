from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk import clock
from helpdesk.errors import Conflict, HelpdeskError, Invalid
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import (
    TicketIsMerged,
    assign_ticket,
    close_ticket,
    mark_spam,
    snooze_ticket,
    tag_ticket,
    transfer_ticket,
)
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.delivery import deliver, undo_reply
from helpdesk.tickets.marks import mark_ticket, unmark_ticket
from helpdesk.tickets.merging import merge_tickets, unmerge_ticket
from helpdesk.tickets.models import LastLook, Message, Survey, Ticket, TicketMerge
from helpdesk.tickets.splitting import split_ticket
from helpdesk.tickets.surveys import rate_ticket
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent("Alice")


@pytest.fixture
def pair():
    """Two tickets of one customer: the first to be kept, the second to go."""
    inbox = make_inbox()
    with clock.frozen_at(clock.now() - timedelta(hours=2)):
        kept = customer_writes(inbox, "The tent came torn.", subject="Torn tent").ticket
    with clock.frozen_at(clock.now() - timedelta(hours=1)):
        gone = customer_writes(inbox, "As I said, it is torn.", subject="Tent").ticket
    return kept, gone


def texts(ticket):
    return [message.text for message in ticket.messages.in_order()]


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_a_merged_tickets_messages_stand_in_the_kept_one_in_the_order_of_time(pair, agent, names_of):
    kept, gone = pair
    reply(kept, "We send a new one.", by=by(agent))
    merge_tickets(kept, gone, by=by(agent))
    assert texts(kept) == ["The tent came torn.", "As I said, it is torn.", "We send a new one."]
    assert (fresh(gone).status, fresh(gone).merged_into) == ("closed", kept)
    assert not gone.messages.exists()
    assert names_of(gone)[-1] == names_of(kept)[-1] == "ticket.merged"
    assert "ticket.closed" not in names_of(gone)


def test_an_unanswered_question_still_waits_after_the_merge_since_it_was_asked(pair, agent):
    kept, gone = pair
    reply(kept, "Which tent?", by=by(agent))
    late = customer_writes(gone.inbox, "Hello?", ticket_id=gone.pk).message
    assert fresh(kept).waiting_since is None
    merge_tickets(kept, gone, by=by(agent))
    assert fresh(kept).waiting_since == late.created_at
    assert fresh(kept).last_snippet == "Hello?"


def test_undoing_puts_everything_back_and_leaves_what_came_later(pair, agent):
    kept, gone = pair
    snooze_ticket(gone, until=clock.now() + timedelta(days=2), by=by(agent))
    before = fresh(gone)
    merge_tickets(kept, gone, by=by(agent))
    reply(kept, "Later.", by=by(agent))
    back = unmerge_ticket(gone, by=by(agent))
    assert texts(kept) == ["The tent came torn.", "Later."]
    assert texts(gone) == ["As I said, it is torn."]
    for name in ("status", "closed_at", "snoozed_until", "waiting_since", "last_message_at", "last_snippet"):
        assert getattr(back, name) == getattr(before, name), name
    with pytest.raises(Conflict):
        unmerge_ticket(gone, by=by(agent))


def test_tags_and_agent_come_along_and_go_again_where_nobody_changed_them(pair, agent):
    kept, gone = pair
    tag_ticket(kept, tags=["tent"], by=by(agent))
    tag_ticket(gone, tags=["tent", "torn", "again"], by=by(agent))
    assign_ticket(gone, to=agent, by=by(agent))
    merge_tickets(kept, gone, by=by(agent))
    assert (fresh(kept).tags, fresh(kept).assignee) == (["tent", "torn", "again"], agent)
    unmerge_ticket(gone, by=by(agent))
    assert (fresh(kept).tags, fresh(kept).assignee) == (["tent"], None)
    assert (fresh(gone).tags, fresh(gone).assignee) == (["tent", "torn", "again"], agent)

    merge_tickets(kept, gone, by=by(agent))
    ben = make_agent("Ben")
    assign_ticket(kept, to=ben, by=by(ben))
    unmerge_ticket(gone, by=by(agent))
    assert fresh(kept).assignee == ben


def test_what_is_left_to_people_stays_so_on_the_ticket_where_it_goes_on(pair, agent):
    kept, gone = pair
    mark_ticket(kept, marks=["billing"], by=SYSTEM)
    mark_ticket(gone, marks=["billing", "legal"], by=SYSTEM)
    merge_tickets(kept, gone, by=by(agent))
    assert fresh(kept).marks == ["billing", "legal"]
    unmerge_ticket(gone, by=by(agent))
    assert (fresh(kept).marks, fresh(gone).marks) == (["billing"], ["billing", "legal"])
    merge_tickets(kept, gone, by=by(agent))
    unmark_ticket(fresh(kept), marks=["legal"], by=by(agent))
    unmerge_ticket(gone, by=by(agent))
    assert fresh(kept).marks == ["billing"]


def test_who_has_the_ticket_that_stays_keeps_it_and_who_may_not_see_it_gets_none(pair, agent):
    kept, gone = pair
    transfer_ticket(kept, to=make_department("Legal", is_restricted=True), by=by(agent))
    assign_ticket(gone, to=agent, by=by(agent))
    merge = merge_tickets(kept, gone, by=by(agent))
    assert fresh(kept).assignee is None and merge.before["assignee"] is None


def test_what_comes_for_a_merged_ticket_lands_on_the_kept_one(pair, agent):
    kept, gone = pair
    known = gone.messages.get().external_id
    merge_tickets(kept, gone, by=by(agent))
    for way in ({"ticket_id": gone.pk}, {"replies_to": [known]}, {"subject_ticket_id": gone.pk}):
        assert customer_writes(gone.inbox, "More", **way).ticket == kept


def test_what_comes_for_a_ticket_merged_twice_goes_all_the_way(agent):
    one, two, three = (make_ticket() for _ in range(3))
    merge_tickets(two, one, by=by(agent))
    merge_tickets(three, two, by=by(agent))
    assert customer_writes(one.inbox, "More", ticket_id=one.pk).ticket == three
    assert three.messages.count() == 4
    unmerge_ticket(one, by=by(agent))
    unmerge_ticket(two, by=by(agent))
    assert [ticket.messages.count() for ticket in (one, two, three)] == [1, 1, 2]


def test_a_merged_ticket_takes_no_more_orders(pair, agent):
    kept, gone = pair
    merge_tickets(kept, gone, by=by(agent))
    for order in (
        lambda: close_ticket(gone, by=SYSTEM),
        lambda: tag_ticket(gone, tags=["x"], by=SYSTEM),
        lambda: reply(gone, "Hi", by=by(agent)),
        lambda: add_note(gone, "Hi", by=by(agent)),
        lambda: merge_tickets(gone, kept, by=by(agent)),
        lambda: merge_tickets(make_ticket(), gone, by=by(agent)),
    ):
        with pytest.raises(TicketIsMerged, match=f"#{kept.pk}"):
            order()


def test_a_ticket_can_not_go_into_itself_and_spam_is_not_merged(pair, agent):
    kept, gone = pair
    with pytest.raises(Invalid):
        merge_tickets(kept, kept, by=by(agent))
    mark_spam(gone, by=by(agent))
    with pytest.raises(Invalid):
        merge_tickets(kept, gone, by=by(agent))


def test_an_open_question_reopens_the_closed_ticket_it_goes_into(pair, agent):
    kept, gone = pair
    close_ticket(kept, by=by(agent))
    merge_tickets(kept, gone, by=by(agent))
    assert (fresh(kept).status, fresh(kept).closed_at) == ("open", None)


def test_two_customers_by_mail_are_both_on_the_kept_ticket_and_part_again(agent):
    inbox = make_inbox()
    carla = customer_writes(inbox, email="carla@customer.example").ticket
    bruno = customer_writes(inbox, email="bruno@customer.example", name="Bruno").ticket
    merge_tickets(carla, bruno, by=by(agent))
    assert list(carla.participants.values_list("contact__email", "role")) == [
        ("bruno@customer.example", "requester")
    ]
    answer = reply(carla, "To both of you.", by=by(agent))
    assert answer.to == ["carla@customer.example", "bruno@customer.example"]
    unmerge_ticket(bruno, by=by(agent))
    assert not carla.participants.exists()


def test_who_wrote_after_the_merge_stays_on_the_kept_ticket(agent):
    inbox = make_inbox()
    carla = customer_writes(inbox, email="carla@customer.example").ticket
    bruno = customer_writes(inbox, email="bruno@customer.example", name="Bruno").ticket
    merge_tickets(carla, bruno, by=by(agent))
    customer_writes(inbox, "Me again", email="bruno@customer.example", ticket_id=bruno.pk)
    unmerge_ticket(bruno, by=by(agent))
    assert carla.participants.get().contact.email == "bruno@customer.example"


def test_they_part_as_well_where_somebody_who_wrote_is_no_contact_any_more(agent):
    inbox = make_inbox()
    kept = customer_writes(inbox).ticket
    stranger = customer_writes(inbox, email="eve@customer.example", ticket_id=kept.pk).message
    Contact.objects.filter(pk=stranger.contact_id).delete()
    gone = customer_writes(inbox, email="bob@customer.example").ticket
    merge_tickets(kept, gone, by=by(agent))
    assert kept.participants.exists()
    unmerge_ticket(gone, by=by(agent))
    assert not kept.participants.exists()


def test_another_customers_chat_never_comes_into_a_chat(agent):
    inbox = make_inbox("webchat")
    one = customer_writes(inbox, sender=Sender("visitor", "v-1")).ticket
    other = customer_writes(inbox, sender=Sender("visitor", "v-2")).ticket
    mail = customer_writes(email="carla@customer.example").ticket
    for kept, gone in ((one, other), (mail, one), (one, mail)):
        with pytest.raises(Invalid, match="two customers"):
            merge_tickets(kept, gone, by=by(agent))
    assert Message.objects.filter(ticket=one).count() == 1


def test_a_chat_goes_into_no_ticket_that_its_widget_does_not_show_but_a_mail_goes_into_the_chat(agent):
    widget, visitor = make_inbox("webchat"), Sender("visitor", "v-1")
    chat = customer_writes(widget, "Hello?", sender=visitor).ticket
    mail = customer_writes(email="carla@customer.example").ticket
    elsewhere = customer_writes(make_inbox("webchat"), sender=visitor).ticket
    merge_contacts(mail.contact, chat.contact, by=by(agent))
    for other in (mail, elsewhere):
        other.refresh_from_db()
        with pytest.raises(Invalid, match=f"keep #{chat.pk}"):
            merge_tickets(other, chat, by=by(agent))
    merge_tickets(chat, mail, by=by(agent))
    merge_tickets(chat, customer_writes(widget, sender=visitor, begins_ticket=True).ticket, by=by(agent))
    assert chat.messages.count() == 3


def test_a_survey_stays_with_the_ticket_it_asked_about_and_none_is_sent_for_a_merged_one(pair, agent, outbox):
    kept, gone = pair
    reply(gone, "Sorry!", by=by(agent))
    close_ticket(gone, by=by(agent))
    closed = Event.objects.get(ticket=gone, name="ticket.closed")
    survey = send_survey(closed)
    merge_tickets(kept, gone, by=by(agent))
    assert survey.message in gone.messages.all()
    rate_ticket(Survey.objects.get(pk=survey.pk), score=4, by=SYSTEM)
    assert Event.objects.get(name="survey.rated").ticket_id == gone.pk
    Survey.objects.all().delete()
    assert send_survey(closed) is None


def test_an_answer_in_its_undo_window_goes_out_from_the_kept_ticket(pair, agent, outbox):
    kept, gone = pair
    answer = reply(gone, "In a moment.", by=by(agent), undo_seconds=10)
    merge_tickets(kept, gone, by=by(agent))
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(answer.pk)
    assert outbox[0].ticket == kept
    assert Event.objects.get(name="message.replied").ticket_id == kept.pk


def test_an_answer_that_went_along_is_taken_back_where_it_stands_now(pair, agent):
    kept, gone = pair
    answer = reply(gone, "In a moment.", by=by(agent), undo_seconds=10)
    merge_tickets(kept, gone, by=by(agent))
    undo_reply(answer, by=by(agent))
    assert Event.objects.get(name="message.undone").ticket_id == kept.pk
    with pytest.raises(Conflict):
        undo_reply(answer, by=by(agent))


def test_who_had_seen_both_finds_nothing_new_and_who_had_not_does(pair, agent):
    kept, gone = pair
    other = make_agent("Bob")
    newest = {ticket: ticket.messages.get().pk for ticket in pair}
    for user, ticket in ((agent, kept), (agent, gone), (other, kept)):
        LastLook.objects.create(user=user, ticket=ticket, message_id=newest[ticket])
    merge_tickets(kept, gone, by=by(agent))
    looks = dict(LastLook.objects.filter(ticket=kept).values_list("user", "message_id"))
    assert looks == {agent.pk: max(newest.values()), other.pk: newest[kept]}


def test_lists_count_a_merged_ticket_nowhere(pair, agent):
    kept, gone = pair
    merge_tickets(kept, gone, by=by(agent))
    assert list(Ticket.objects.finished()) == []
    assert list(Ticket.objects.unfinished()) == [kept]


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "unmerge", "split", "split on", "write", "answer"]), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=10,
)  # fmt: skip


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_in_whatever_order_tickets_are_merged_and_split_every_message_stands_somewhere_once(outbox, steps):
    with transaction.atomic():
        agent, inbox = make_agent("Alice"), make_inbox()
        names = ("carla", "bruno", "dora")
        for name in names:
            customer_writes(inbox, f"{name} 1", email=f"{name}@customer.example")
            customer_writes(inbox, f"{name} 2", email=f"{name}@customer.example")
        written = set(Message.objects.values_list("pk", flat=True))
        for step, one, other in steps:
            tickets = list(Ticket.objects.order_by("pk"))
            ticket, second = tickets[one % len(tickets)], tickets[other % len(tickets)]
            message = ticket.messages.order_by("pk").first()
            try:
                if step == "merge":
                    merge_tickets(ticket, second, by=by(agent))
                elif step == "unmerge":
                    unmerge_ticket(ticket, by=by(agent))
                elif step == "write":
                    address = f"{names[other % 3]}@customer.example"
                    written.add(customer_writes(inbox, "more", ticket_id=ticket.pk, email=address).message.pk)
                elif step == "answer":
                    written.add(reply(ticket, "answer", by=by(agent)).pk)
                elif message:
                    split_ticket(message, with_later=step == "split on", by=by(agent))
            except HelpdeskError:
                pass  # refused whole; what matters is that nothing is lost by it
            assert_sound(written)
        for merge in TicketMerge.objects.filter(undone_at=None).order_by("-pk"):
            unmerge_ticket(Ticket.objects.get(pk=merge.gone_id), by=by(agent))
        assert_sound(written)
        assert not Ticket.objects.exclude(merged_into=None).exists()
        transaction.set_rollback(True)


def assert_sound(written):
    assert set(Message.objects.values_list("pk", flat=True)) == written
    gone = Ticket.objects.exclude(merged_into=None)
    assert not Message.objects.filter(ticket__in=gone).exists()
    assert all(ticket.status == "closed" for ticket in gone)
    open_merges = TicketMerge.objects.filter(undone_at=None)
    assert set(open_merges.values_list("gone_id", flat=True)) == set(gone.values_list("pk", flat=True))
    for ticket in Ticket.objects.filter(merged_into=None):
        newest = ticket.messages.order_by("-created_at", "-id").first()
        at = newest.released_at if newest else ticket.created_at
        assert abs(ticket.last_message_at - at) < timedelta(seconds=1)
    assert Contact.objects.count() == 3


def test_an_answer_that_was_to_close_its_ticket_does_not_close_the_one_it_is_merged_into(pair, agent, outbox):
    kept, gone = pair
    answer = reply(gone, "That is all.", by=by(agent), undo_seconds=10, closes=True)
    merge_tickets(kept, gone, by=by(agent))
    with clock.frozen_at(clock.now() + timedelta(seconds=11)):
        deliver(answer.pk)
    answer.refresh_from_db()
    assert answer.released_at
    assert not fresh(kept).is_finished, "nobody has said so of what was asked there"
