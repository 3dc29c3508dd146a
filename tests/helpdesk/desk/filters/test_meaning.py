from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import override as zone_of

from helpdesk import clock
from helpdesk.desk.search import search
from helpdesk.inboxes.contract import InboundFile
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.models import Company
from helpdesk.tickets.actions import (
    assign_ticket,
    close_ticket,
    mark_spam,
    prioritise_ticket,
    snooze_ticket,
    tag_ticket,
)
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import add_note
from tests.factories import by, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(agent):
    mail, telegram = make_inbox(department=make_department("Sales & returns")), make_inbox("telegram")
    file = InboundFile("torn.png", "image/png", b"png")
    made = {
        "mine": make_ticket(mail, email="ann@x.example", name="Ann Lee", language="it"),
        "theirs": make_ticket(mail, email="bob@x.example", name="Bob Ray"),
        "chat": make_ticket(telegram, email="cid@x.example", name="Cid Roe", language="zh-hans"),
        "file": make_ticket(mail, email="dan@x.example", name="Dan Poe", files=[file]),
        "snoozed": make_ticket(mail, email="eve@x.example", name="Eve Moe"),
        "closed": make_ticket(mail, email="fay@x.example", name="Fay Coe"),
        "spam": make_ticket(mail, email="gus@x.example", name="Gus Foe"),
    }
    actor = by(agent)
    assign_ticket(made["mine"], to=agent, by=actor)
    assign_ticket(made["theirs"], to=make_agent("Zoë Hart", email="zoe@shop.example"), by=actor)
    tag_ticket(made["mine"], tags=["Invoice", "big order"], by=actor)
    prioritise_ticket(made["theirs"], priority=4, by=actor)
    snooze_ticket(made["snoozed"], until=clock.now() + timedelta(hours=3), by=actor)
    close_ticket(made["closed"], by=actor)
    mark_spam(made["spam"], by=actor)
    add_note(made["theirs"], "Look here", by=actor)
    contact = made["chat"].contact
    contact.company = Company.objects.create(name="Acme Tents")
    contact.save()
    return made


EVERYTHING = {"mine", "theirs", "chat", "file", "snoozed", "closed"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("is:open", {"mine", "theirs", "chat", "file"}),
        ("is:mine", {"mine"}),
        ("assignee:me", {"mine"}),
        ("is:unassigned is:open", {"chat", "file"}),
        ("is:assigned", {"mine", "theirs"}),
        ("assignee:zoe", {"theirs"}),
        ("assignee:hart", {"theirs"}),
        ("assignee:none is:open", {"chat", "file"}),
        ("is:snoozed", {"snoozed"}),
        ("is:closed", {"closed"}),
        ("is:spam", {"spam"}),
        ("-is:open", {"snoozed", "closed"}),
        ("is:waiting", {"mine", "theirs", "chat", "file"}),
        ("is:unread", {"mine", "theirs", "chat", "file"}),
        ("status:closed", {"closed"}),
        ("status:new", {"chat", "file", "snoozed"}),
        ("tag:invoice", {"mine"}),
        ('tag:"big order"', {"mine"}),
        ("tag:invoice tag:none-such", set()),
        ("-tag:invoice is:open", {"theirs", "chat", "file"}),
        ("channel:telegram", {"chat"}),
        ("channel:mail channel:telegram is:open", {"mine", "theirs", "chat", "file"}),
        ("department:sales is:open", {"mine", "theirs", "file"}),
        ("department:returns is:mine", {"mine"}),
        ("department:none", {"chat"}),
        ("priority:urgent", {"theirs"}),
        ("priority:urgent priority:normal", EVERYTHING),
        ("language:it", {"mine"}),
        ("language:italian", {"mine"}),
        ("language:zh-hans", {"chat"}),
        ("has:attachment", {"file"}),
        ("has:note", {"theirs"}),
        ("has:rating", set()),
        ("from:ann", {"mine"}),
        ("from:an", set()),
        ('from:"ann lee"', {"mine"}),
        ("from:bob@", {"theirs"}),
        ("from:acme", {"chat"}),
        ("from:ann from:bob", {"mine", "theirs"}),
        ("after:today", EVERYTHING),
        ("before:today", set()),
        ("created:today", EVERYTHING),
        ("created:>7d", set()),
        ("created:<7d is:mine", {"mine"}),
        ("waiting:<1h", {"mine", "theirs", "chat", "file", "snoozed"}),
        ("waiting:>1h", set()),
        ("is:escalated", set()),
        ("department:nowhere", set()),
        ("is:quick", set()),
    ],
)
def test_a_filter_means_its_tickets(agent, tickets, query, found):
    names = {ticket.pk: name for name, ticket in tickets.items()}
    assert {names[pk] for pk in search(query, agent).tickets.values_list("pk", flat=True)} == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("attribute.plan:gold", {"mine"}),
        ("attribute.plan:none is:open", {"theirs", "chat", "file"}),
        ("-attribute.plan:any is:open", {"theirs", "chat", "file"}),
        ("attribute.spend:>100", {"theirs"}),
        ("attribute.spend:<=12,5 attribute.plan:gold", {"mine"}),
        ("attribute.Since:<2026-01-01", {"mine"}),
        ("attribute.is_partner:yes", {"theirs"}),
        ("attribute.first_buy:boots", {"theirs"}),
        ("company.size:>=250", {"chat"}),
        ("company.type:school", {"chat"}),
        ("attribute.plan:gold attribute.plan:free is:open", {"mine"}),
    ],
)
def test_a_filter_on_what_the_team_has_defined(agent, tickets, query, found):
    define_attribute("person", "since", name="", kind="date")
    define_attribute("person", "is_partner", name="", kind="yes_no")
    define_attribute("person", "First buy", name="", kind="choice", choices=["Boots", "Maps"])
    for name, known in (
        ("mine", {"plan": "Gold", "spend": "12.5", "since": "2025-03-01"}),
        ("theirs", {"spend": 300, "is_partner": True, "First buy": "Boots"}),
    ):
        tickets[name].contact.attributes = known
        tickets[name].contact.save()
    company = tickets["chat"].contact.company
    company.attributes = {"size": 250, "type": "School"}
    company.save()
    names = {ticket.pk: name for name, ticket in tickets.items()}
    result = search(query, agent)
    assert {names[pk] for pk in result.tickets.values_list("pk", flat=True)} == found


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("assignee:nobody-such", "nobody"),
        ("department:nowhere", "department"),
        ("language:klingonese", "language"),
        ("attribute.nonsense:x", "attribute"),
        ("attribute.spend:lots", "value"),
    ],
)
def test_a_value_that_fits_nothing_is_a_problem(agent, query, kind):
    assert [problem.kind for problem in search(query, agent).problems] == [kind]


def test_a_closed_department_is_no_department_to_others(agent):
    make_department("Board", is_restricted=True)
    assert [problem.kind for problem in search("department:board", agent).problems] == ["department"]


def test_what_waits_too_long_is_escalated(agent):
    inbox = make_inbox()
    free, taken, old = (make_ticket(inbox, email=f"c{n}@x.example") for n in range(3))
    for ticket, hours in ((free, 5), (taken, 5), (old, 25)):
        Ticket.objects.filter(pk=ticket.pk).update(waiting_since=clock.now() - timedelta(hours=hours))
    for ticket in (taken, old):
        assign_ticket(Ticket.objects.get(pk=ticket.pk), to=agent, by=by(agent))
    assert set(search("is:escalated", agent).tickets) == {free, old}


def test_a_day_begins_at_midnight_where_the_agent_is(agent):
    ticket = make_ticket()
    at = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    Ticket.objects.filter(pk=ticket.pk).update(created_at=at, last_message_at=at)
    for zone, day in (("UTC", "2026-11-01"), ("Europe/Rome", "2026-11-02")):
        with zone_of(zone):
            assert search(f"created:{day}", agent).tickets.get() == ticket
            assert search(f"after:{day}", agent).tickets.get() == ticket
            assert not search(f"before:{day}", agent).tickets
