"""What a trigger can do beside sorting: tell people and programs, run macros, write down what is known."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from helpdesk import clock
from helpdesk.conditions import Offers
from helpdesk.errors import InvalidRule
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.models import Company
from helpdesk.tickets.actions import close_ticket, tag_ticket
from helpdesk.tickets.models import Message, Shortcut, Ticket
from helpdesk.tickets.site_deeds import note_did
from helpdesk.tickets.writing import reply
from knowledge.reading import vote
from routing.listening import on_event
from routing.models import TriggerRun, Webhook, WebhookCall
from routing.triggers.firing import MOST_AN_HOUR
from routing.triggers.sentences import sentences_of
from routing.triggers.trying import plan_trigger
from routing.triggers.versions import definition_of
from routing.webhooks.saving import make_webhook
from tests.factories import (
    by,
    customer_writes,
    make_admin,
    make_agent,
    make_article,
    make_department,
    make_inbox,
)
from tests.routing.triggers.test_firing import make_trigger, tell_all

pytestmark = pytest.mark.django_db


def steps_of(run: TriggerRun) -> list[str]:
    return [step["error"] for step in run.steps]


def test_people_are_told_of_it_each_once_and_never_of_what_they_may_not_see():
    billing = make_department("Billing", members=(make_agent("Bea"),), is_restricted=True)
    anna = make_agent("Anna")
    make_trigger(("transfer", billing.pk), ("notify", "members"), ("notify", f"agent:{anna.pk}"))
    ticket = tell_all(customer_writes(subject="My bill").ticket)
    notice = Notice.objects.get(kind="rule")
    assert (notice.user.name, notice.ticket_id, "My bill" in notice.title) == ("Bea", ticket.pk, True)
    assert steps_of(TriggerRun.objects.get()) == [
        "",
        "",
        "Nobody was told: there is nobody there who may see the ticket.",
    ]


def test_whoever_has_it_a_department_and_the_admins_can_be_told():
    boss, carl = make_admin(), make_agent("Carl")
    support = make_department("Support", members=(carl,))
    make_trigger(
        ("assign", carl.pk),
        ("notify", "assignee"),
        ("notify", "admins"),
        ("notify", f"department:{support.pk}"),
    )
    tell_all(customer_writes().ticket)
    told = Notice.objects.filter(kind="rule").values_list("user__name", flat=True)
    assert sorted(told) == sorted([boss.name, "Carl", "Carl"])


def test_a_webhook_is_told_what_happened():
    webhook = Webhook(name="Shop", url="https://shop.example/hook")
    make_webhook(webhook, user=make_admin())
    trigger = make_trigger(("tag", "vip"), ("webhook", webhook.pk))
    ticket = tell_all(customer_writes(subject="Order 7").ticket)
    call = WebhookCall.objects.get()
    told = json.loads(call.body)
    assert (call.webhook, call.ticket, told["type"]) == (webhook, ticket, "ticket.created")
    assert told["data"]["ticket"]["tags"] == ["vip"]
    assert told["data"]["message"]["text"] == "Where is my parcel?"
    assert told["data"]["trigger"] == {"id": trigger.pk, "name": "Invoices"}


def test_a_macro_does_its_steps_and_says_what_nobody_is_there_to_do(outbox):
    Shortcut.objects.create(
        name="bye",
        text="Thank you, {{customer.first_name|}}",
        actions=[
            {"do": "assign", "value": "me"},
            {"do": "tag", "value": "done"},
            {"do": "close", "value": ""},
        ],
    )
    make_trigger(("macro", "bye"))
    ticket = tell_all(customer_writes().ticket)
    assert (ticket.tags, ticket.status) == (["done"], "closed")
    assert ticket.messages.get(kind=Message.Kind.OUTGOING).text == "Thank you, Carla"
    assert "whoever uses it" in steps_of(TriggerRun.objects.get())[0]


def test_what_is_known_of_a_customer_and_their_company_is_written_down():
    define_attribute("company", "size", name="Size", kind="choice", choices=["small", "big"])
    make_trigger(("attribute:person.plan", "pro"), ("attribute:company.size", "big"))
    first = tell_all(customer_writes().ticket)
    assert first.contact.attributes["plan"] == "pro"
    assert steps_of(TriggerRun.objects.get())[1] == "Write down their company first."
    first.contact.company = Company.objects.create(name="Acme")
    first.contact.save()
    tell_all(customer_writes(begins_ticket=True).ticket)
    assert Company.objects.get().attributes["size"] == "big"
    with pytest.raises(InvalidRule):
        make_trigger(("attribute:company.size", "huge"))


def test_it_is_put_aside_taken_from_its_agent_and_closed():
    agent = make_agent()
    make_trigger(("assign", agent.pk), ("unassign", ""), ("snooze", "reply"))
    ticket = tell_all(customer_writes().ticket)
    assert (ticket.assignee, ticket.snoozed_until is not None) == (None, True)
    make_trigger(("close", ""), on=names.TICKET_TAGGED)
    tag_ticket(ticket, tags=["x"], by=by(agent))
    assert tell_all(ticket).status == "closed"


def test_the_survey_is_sent_for_a_closing_only(outbox):
    agent, ticket = make_agent(), customer_writes().ticket
    reply(ticket, "Here", by=by(agent))
    make_trigger(("survey", ""), on=names.TICKET_TAGGED)
    tag_ticket(ticket, tags=["x"], by=by(agent))
    ticket = tell_all(ticket)
    assert steps_of(TriggerRun.objects.get()) == ["Not sent: the ticket has never been closed."]


def test_one_may_say_that_none_is_to_follow():
    make_trigger(("tag", "first"), name="First", stops=True, when=[("subject", "contains_any", "stop")])
    make_trigger(("tag", "second"), name="Second")
    assert tell_all(customer_writes(subject="stop").ticket).tags == ["first"]
    assert tell_all(customer_writes(subject="go", begins_ticket=True).ticket).tags == ["second"]


def test_one_may_fire_only_once_for_a_ticket():
    make_trigger(("note", "Look"), on=names.MESSAGE_RECEIVED, once_per_ticket=True)
    ticket = tell_all(customer_writes().ticket)
    customer_writes(ticket.inbox, ticket_id=ticket.pk)
    tell_all(ticket)
    assert TriggerRun.objects.count() == 1


def test_what_turns_in_a_circle_with_another_program_is_stopped_and_the_admins_hear_of_it():
    make_admin()
    make_trigger(("note", "Look"), on=names.MESSAGE_RECEIVED)
    inbox = make_inbox("telegram")
    ticket = tell_all(customer_writes(inbox).ticket)
    run = TriggerRun.objects.get()
    TriggerRun.objects.bulk_create(
        TriggerRun(trigger_name="Ping", ticket=ticket, ran_at=run.ran_at) for _ in range(MOST_AN_HOUR - 2)
    )
    for _ in range(4):
        tell_all(customer_writes(inbox, ticket_id=ticket.pk).ticket)
    runs = TriggerRun.objects.filter(trigger_name="Invoices").order_by("id")
    assert list(runs.values_list("outcome", flat=True)) == ["done", "done", "held"]
    assert ticket.messages.filter(kind=Message.Kind.NOTE).count() == 2
    assert Notice.objects.get(kind="automation").ticket_id == ticket.pk


def test_the_log_has_the_conditions_as_they_were():
    make_trigger(("tag", "x"), when=[("subject", "contains_any", "bill"), ("tag", "has_none", "vip")])
    tell_all(customer_writes(subject="My bill").ticket)
    explained = TriggerRun.objects.get().conditions
    assert [(line["field"], held, value) for line, held, value in explained] == [
        ("subject", True, ["My bill"]),
        ("tag", True, []),
    ]


def test_a_vote_on_an_article_is_a_matter_of_the_open_ticket_of_whoever_votes():
    make_trigger(("tag", "read"), on=names.ARTICLE_VOTED)
    article = make_article()
    ticket = customer_writes(make_inbox("webchat")).ticket
    visitor = uuid4()
    ticket.contact.identities.create(kind="visitor", value=str(visitor))
    for who in (visitor, uuid4()):
        vote(article, helpful=False, language="en", visitor=who)
    for event in Event.objects.filter(name=names.ARTICLE_VOTED):
        on_event(event)
    assert Ticket.objects.get(pk=ticket.pk).tags == ["read"]
    assert TriggerRun.objects.count() == 1
    assert set(Event.objects.filter(name=names.ARTICLE_VOTED).values_list("ticket", flat=True)) == {None}


def test_what_a_customer_does_on_the_site_starts_a_trigger_and_can_be_asked_for():
    ordered = [("did", "is", "Ordered"), ("did_facts", "is", "plan: pro")]
    trigger = make_trigger(("tag", "bought"), on=names.VISITOR_DID, when=ordered)
    ticket = customer_writes(make_inbox("webchat")).ticket
    for did, plan in (("Cart", "pro"), ("Ordered", "free"), ("ordered", "Pro")):
        note_did(Ticket.objects.all(), did, facts={"plan": plan})
    assert tell_all(ticket).tags == ["bought"]
    run = TriggerRun.objects.get()
    assert [value for _line, _held, value in run.conditions] == [["ordered"], ["plan: Pro"]]
    plan = plan_trigger(definition_of(trigger), clock.now() - timedelta(days=30))
    assert (plan.total, [hit[0] for look in plan.looks for hit in look.hits]) == (3, [ticket.pk])
    assert sentences_of(trigger, Offers())[1:4] == [
        "When a customer with an open ticket does something on your site",
        "If all of these hold:",
        "What they did on the site is Ordered",
    ]


def test_what_is_gone_is_said_in_the_log():
    webhook = Webhook(name="Shop", url="https://shop.example/hook")
    make_webhook(webhook, user=make_admin())
    make_trigger(("webhook", webhook.pk), on=names.TICKET_CLOSED)
    webhook.delete()
    ticket = customer_writes().ticket
    close_ticket(ticket, by=by(make_agent()))
    tell_all(ticket)
    assert ["The webhook is gone."] in [steps_of(run) for run in TriggerRun.objects.all()]
