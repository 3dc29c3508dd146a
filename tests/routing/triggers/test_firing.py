"""A trigger does what a person could do, once, and writes down what came of it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.events.tasks import tell_later
from helpdesk.tickets.actions import close_ticket, tag_ticket, trash_ticket
from helpdesk.tickets.models import LoopStop, Message, Shortcut, Ticket
from helpdesk.tickets.writing import begin_ticket
from routing.listening import facts_that_matter, on_event
from routing.models import Trigger, TriggerRun
from routing.triggers.answering import MOST_ANSWERS_AN_HOUR
from routing.triggers.saving import save_trigger
from tests.factories import by, customer_writes, make_agent, make_contact, make_department, make_inbox

pytestmark = pytest.mark.django_db


def make_trigger(*actions: tuple[str, object], on: str = names.TICKET_CREATED, when=(), **fields) -> Trigger:
    """make_trigger(("tag", "invoice"), when=[("subject", "contains_any", "invoice")])"""
    return save_trigger(
        Trigger(
            name=fields.pop("name", "Invoices"),
            on=[on],
            conditions=[{"field": field, "op": op, "value": str(value)} for field, op, value in when],
            actions=[{"do": do, "value": str(value)} for do, value in actions],
            **fields,
        )
    )


def tell_all(ticket: Ticket) -> Ticket:
    """What the worker does: tell the listeners of everything nobody has told yet, until all is quiet."""
    while untold := list(Event.objects.filter(ticket=ticket, told_at=None).order_by("id")):
        for event in untold:
            tell_later(event.pk)
    return Ticket.objects.get(pk=ticket.pk)


def test_an_invoice_goes_to_billing_with_a_tag_and_an_answer(outbox):
    billing = make_department("Billing")
    Shortcut.objects.create(
        name="invoice", text="Hi {{customer.first_name|}}, we look for it. #{{ticket.number}}"
    )
    trigger = make_trigger(
        ("transfer", billing.pk),
        ("tag", "Invoice"),
        ("answer", "invoice"),
        when=[("subject_or_first", "contains_any", "invoice, bill")],
    )
    ticket = tell_all(customer_writes(text="Please send the INVOICE", subject="Order 7").ticket)
    assert (ticket.department, ticket.tags) == (billing, ["invoice"])
    answer = ticket.messages.get(kind=Message.Kind.OUTGOING)
    assert answer.text == f"Hi Carla, we look for it. #{ticket.pk}"
    assert (answer.author_kind, answer.author_name, answer.is_automatic) == ("trigger", "Invoices", True)
    run = TriggerRun.objects.get()
    assert (run.trigger, run.ticket, run.outcome) == (trigger, ticket, "done")
    assert [(step["do"], step["error"]) for step in run.steps] == [
        ("transfer", ""),
        ("tag", ""),
        ("answer", ""),
    ]
    assert ticket.first_replied_at is None, "a machine's answer is no human reply"


def test_what_does_not_match_leaves_no_trace():
    make_trigger(("tag", "invoice"), when=[("subject_or_first", "contains_any", "invoice")])
    assert tell_all(customer_writes(text="Where is my parcel?").ticket).tags == []
    assert not TriggerRun.objects.exists()


def test_a_trigger_that_is_off_does_nothing():
    make_trigger(("tag", "seen"), is_active=False)
    assert tell_all(customer_writes().ticket).tags == []


def test_being_told_twice_fires_once():
    make_trigger(("note", "Look at this"))
    ticket = tell_all(customer_writes().ticket)
    created = Event.objects.get(ticket=ticket, name=names.TICKET_CREATED)
    on_event(created)
    assert ticket.messages.filter(kind=Message.Kind.NOTE).count() == 1
    assert TriggerRun.objects.count() == 1


@pytest.mark.parametrize("when", [(), [("tag", "has_none", "one")]])
def test_being_told_twice_fires_none_of_those_that_were_not_to_follow(when):
    make_trigger(("tag", "one"), name="One", stops=True, when=when)
    make_trigger(("tag", "two"), name="Two")
    ticket = tell_all(customer_writes().ticket)
    on_event(Event.objects.get(ticket=ticket, name=names.TICKET_CREATED))
    ticket.refresh_from_db()
    assert ticket.tags == ["one"]


def test_what_a_trigger_did_fires_no_other():
    make_trigger(("tag", "one"), name="One")
    make_trigger(("tag", "two"), name="Two", on=names.TICKET_TAGGED)
    ticket = tell_all(customer_writes().ticket)
    assert ticket.tags == ["one"]
    tag_ticket(ticket, tags=["by hand"], by=by(make_agent()))
    assert tell_all(ticket).tags == ["one", "by hand", "two"]


def test_triggers_run_in_their_order_each_on_what_the_ones_before_left():
    billing = make_department("Billing")
    make_trigger(("transfer", billing.pk), name="First")
    make_trigger(("tag", "late"), name="Second", when=[("department", "is", billing.pk)])
    assert tell_all(customer_writes().ticket).tags == ["late"]


def test_nothing_fires_on_what_an_earlier_trigger_marked_as_spam():
    make_trigger(("spam", ""), name="Casino", when=[("subject", "contains_any", "casino")])
    make_trigger(("tag", "seen"), name="All")
    ticket = tell_all(customer_writes(subject="Casino bonus").ticket)
    assert ticket.is_spam
    assert ticket.tags == []


def test_nothing_fires_on_what_is_in_the_trash(outbox):
    Shortcut.objects.create(name="bye", text="Closed, thank you.")
    make_trigger(("answer", "bye"), on=names.TICKET_CLOSED)
    ticket, alice = customer_writes().ticket, make_agent()
    trash_ticket(ticket, by=by(alice))
    ticket = tell_all(close_ticket(ticket, by=by(alice)))
    assert not ticket.messages.filter(kind=Message.Kind.OUTGOING).exists()


def test_machine_mail_is_never_answered(outbox):
    Shortcut.objects.create(name="hello", text="Hello")
    make_trigger(("tag", "seen"), ("answer", "hello"), on=names.MESSAGE_RECEIVED)
    ticket = tell_all(customer_writes(is_automatic=True).ticket)
    assert not ticket.messages.filter(kind=Message.Kind.OUTGOING).exists()
    run = TriggerRun.objects.get()
    assert run.outcome == "partly"
    assert run.steps[1]["error"] == "Not sent: the last message was written by a machine."


def test_two_robots_that_answer_each_other_in_a_chat_come_to_an_end(outbox):
    Shortcut.objects.create(name="hello", text="Hello")
    make_trigger(("answer", "hello"), on=names.MESSAGE_RECEIVED)
    inbox = make_inbox("telegram")
    for _ in range(MOST_ANSWERS_AN_HOUR + 4):
        tell_all(customer_writes(inbox, text="I am out of office", begins_ticket=True).ticket)
    sent = Message.objects.filter(kind=Message.Kind.OUTGOING, author_kind="trigger")
    assert sent.count() == MOST_ANSWERS_AN_HOUR
    assert TriggerRun.objects.filter(outcome="failed").count() == 4
    with clock.frozen_at(clock.now() + timedelta(hours=1, minutes=1)):
        ticket = tell_all(customer_writes(inbox, text="Still there?", begins_ticket=True).ticket)
    assert ticket.messages.filter(kind=Message.Kind.OUTGOING).count() == 1


def test_by_mail_they_end_sooner_and_for_good_and_the_log_of_the_trigger_says_so(outbox):
    Shortcut.objects.create(name="hello", text="Hello")
    make_trigger(("answer", "hello"), on=names.MESSAGE_RECEIVED)
    inbox = make_inbox()
    for hours in (0, 0, 0, 2):
        with clock.frozen_at(clock.now() + timedelta(hours=hours)):
            tell_all(customer_writes(inbox, text="I am out of office").ticket)
    assert Message.objects.filter(kind=Message.Kind.OUTGOING).count() == 2
    assert LoopStop.objects.filter(closed_at=None).count() == 1
    refused = TriggerRun.objects.filter(outcome="failed").values_list("steps", flat=True)
    assert [steps[0]["error"].startswith("Not sent: automatic answers") for steps in refused] == [True, True]


def test_one_action_that_is_refused_does_not_stop_the_others():
    closed_to_all = make_department("Board", is_restricted=True)
    agent = make_agent()
    make_trigger(("transfer", closed_to_all.pk), ("assign", agent.pk), ("tag", "seen"))
    ticket = tell_all(customer_writes().ticket)
    assert (ticket.assignee, ticket.tags) == (None, ["seen"])
    run = TriggerRun.objects.get()
    assert run.outcome == "partly"
    assert "may not see" in run.steps[1]["error"]


def test_a_department_that_was_retired_after_the_trigger_was_written_is_refused_at_firing():
    billing = make_department("Billing")
    make_trigger(("transfer", billing.pk))
    billing.is_active = False
    billing.save()
    ticket = tell_all(customer_writes().ticket)
    assert ticket.department is None
    assert TriggerRun.objects.get().steps[0]["error"] == "The department is no longer in use."


def test_every_action_does_its_work(outbox):
    agent = make_agent()
    Shortcut.objects.create(name="hello", text="Hello")
    make_trigger(
        ("assign", agent.pk),
        ("prioritise", Ticket.Priority.URGENT.value),
        ("tag", "a, b"),
        ("untag", "a"),
        ("note", "Mind the gap"),
        ("answer", "hello"),
        ("status", "pending"),
    )
    ticket = tell_all(customer_writes().ticket)
    assert (ticket.assignee, ticket.priority, ticket.tags) == (agent, Ticket.Priority.URGENT, ["b"])
    assert ticket.status == "pending"
    assert set(ticket.messages.values_list("kind", flat=True)) == {"incoming", "outgoing", "note"}


def test_the_shortcut_speaks_the_customers_language(outbox):
    Shortcut.objects.create(name="hello", text="Hello", translations={"it": "Ciao"})
    make_trigger(("answer", "hello"))
    ticket = tell_all(customer_writes(language="it").ticket)
    assert ticket.messages.get(kind=Message.Kind.OUTGOING).text == "Ciao"


def test_a_closed_ticket_can_be_listened_to():
    make_trigger(("tag", "done"), on=names.TICKET_CLOSED)
    ticket = customer_writes().ticket
    close_ticket(ticket, by=by(make_agent()))
    assert tell_all(ticket).tags == ["done"]


def test_a_ticket_that_the_team_begins_has_not_come_in(outbox):
    make_trigger(("tag", "seen"))
    make_trigger(("tag", "answered"), on=names.MESSAGE_RECEIVED)
    inbox = make_inbox()
    contact = make_contact(email="carla@customer.example")
    ticket = begin_ticket(contact=contact, inbox=inbox, subject="Recall", text="Stop!", by=by(make_agent()))
    assert tell_all(ticket).tags == []
    customer_writes(inbox, ticket_id=ticket.pk)
    assert tell_all(ticket).tags == ["answered"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_told_at_the_same_moment_fire_once():
    make_trigger(("note", "Look at this"))
    ticket = customer_writes().ticket
    created = Event.objects.get(ticket=ticket, name=names.TICKET_CREATED)
    start = Barrier(4)

    def work() -> None:
        start.wait()
        tell_later(created.pk)
        connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert ticket.messages.filter(kind=Message.Kind.NOTE).count() == 1
    assert TriggerRun.objects.count() == 1


def test_events_nobody_listens_to_cost_one_query(django_assert_num_queries):
    customer_writes()
    facts_that_matter()  # the rules are at hand from now on
    with django_assert_num_queries(1):
        assert names.TICKET_CLOSED not in facts_that_matter()
