"""Where a new ticket goes, and why."""

import pytest

from helpdesk import clock
from helpdesk.conditions import case_of_ticket
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.people.availability import set_availability
from helpdesk.tickets.actions import transfer_ticket
from helpdesk.tickets.models import Ticket
from routing.assignment.listening import facts_that_route
from routing.assignment.rules import route_again
from routing.listening import on_event
from routing.models import AssignmentRule, Placement, Skill, Trace
from routing.triggers.actions import ACTIONS
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db


def words(wanted):
    return {"match": "all", "lines": [{"field": "subject_or_first", "op": "contains_any", "value": wanted}]}


def make_rule(name, wanted="", **target):
    conditions = words(wanted) if wanted else {}
    position = AssignmentRule.objects.count()
    return AssignmentRule.objects.create(
        name=name, conditions=conditions, position=position, changed_at=clock.now(), **target
    )


def comes_in(text="Where is my parcel?", inbox=None):
    """The ticket as the rules left it, and what its trace says of them."""
    ticket = customer_writes(inbox, text).ticket
    event = Event.objects.get(ticket=ticket, name="ticket.created")
    on_event(event)
    return Ticket.objects.get(pk=ticket.pk), Trace.objects.filter(ticket=ticket, step="rules").first()


def test_the_first_rule_that_fits_wins_and_the_trace_says_which_were_tried(names_of):
    billing, shipping = make_department("Billing"), make_department("Shipping")
    make_rule("Invoices", "invoice, bill", department=billing)
    make_rule("Parcels", "parcel", department=shipping)
    make_rule("The rest", department=billing)
    ticket, trace = comes_in()
    assert ticket.department == shipping
    assert [name for _, name in trace.data["tried"]] == ["Invoices", "Parcels"]
    assert (trace.data["name"], trace.data["outcome"], trace.data["department"]) == (
        "Parcels",
        "placed",
        "Shipping",
    )
    [[line, held, _value]] = trace.data["lines"]
    assert (line["value"], held) == ("parcel", True)
    told = Event.objects.get(ticket=ticket, name="ticket.transferred")
    assert (told.actor_kind, told.actor_name) == ("rule", "Parcels")


def test_told_twice_the_rules_are_asked_once():
    make_rule("Parcels", "parcel", department=make_department("Shipping"))
    ticket, _ = comes_in()
    transfer_ticket(ticket, to=None, by=SYSTEM)
    on_event(Event.objects.get(ticket=ticket, name="ticket.created"))
    assert Ticket.objects.get(pk=ticket.pk).department is None
    assert Trace.objects.filter(ticket=ticket).count() == 1


def test_what_no_rule_takes_is_escalated_unless_its_inbox_has_a_department():
    make_rule("Invoices", "invoice", department=make_department("Billing"))
    ticket, trace = comes_in()
    assert (ticket.escalation_reason, trace.data["outcome"]) == ("no_rule", "escalated")
    ticket, trace = comes_in(inbox=make_inbox(department=make_department("Support")))
    assert (ticket.escalated_at, trace.data["outcome"]) == (None, "inbox")


def test_without_rules_all_is_as_it_was():
    ticket, trace = comes_in()
    assert (ticket.escalated_at, trace, facts_that_route()) == (None, None, set())


def test_a_rule_that_is_off_is_not_asked():
    make_rule("Parcels", "parcel", department=make_department("Shipping"), is_active=False)
    make_rule("Rest", department=make_department("Support"))
    assert [name for _, name in comes_in()[1].data["tried"]] == ["Rest"]


def test_a_change_of_a_rule_holds_at_once():
    rule = make_rule("Parcels", "parcel", department=make_department("Shipping"))
    assert comes_in()[0].department
    rule.conditions, rule.changed_at = words("invoice"), clock.now()
    rule.save()
    assert comes_in("Where is the parcel now?")[0].escalation_reason == "no_rule"


def test_a_persons_decision_stays():
    make_rule("Parcels", "parcel", department=make_department("Shipping"))
    ticket = customer_writes().ticket
    billing, alice = make_department("Billing"), make_agent("Alice")
    transfer_ticket(ticket, to=billing, by=by(alice))
    route_again(ticket)
    assert Ticket.objects.get(pk=ticket.pk).department == billing
    assert Trace.objects.get(ticket=ticket).data["outcome"] == "left"


def test_a_rule_to_an_agent_gives_it_to_them_and_escalates_where_they_are_away():
    eve = make_agent("Eve")
    make_rule("All to Eve", agent=eve)
    assert comes_in()[0].assignee == eve
    set_availability(eve, state="away", by=by(eve))
    ticket, trace = comes_in("Another matter", make_inbox())
    assert (ticket.assignee, ticket.escalation_reason) == (None, "nobody")
    assert trace.data["reason"] == "nobody"


def test_a_rule_to_a_skill_finds_the_department_where_somebody_has_it():
    liu, skill = make_agent("Liu"), Skill.objects.create(name="Chinese")
    make_department("Billing")
    asia = make_department("Asia", members=(liu,))
    skill.agents.add(liu)
    make_rule("Chinese", skill=skill)
    ticket, _ = comes_in()
    assert ticket.department == asia
    placed = Placement.objects.get(ticket=ticket)
    assert (placed.skill, placed.skill_until > clock.now()) == (skill, True)


def test_asking_a_hundred_rules_costs_no_more_questions_than_asking_one(django_assert_max_num_queries):
    department = make_department("Shipping")
    for number in range(100):
        make_rule(f"Rule {number}", f"word{number}", department=department)
    comes_in()  # compiled once
    ticket = customer_writes(make_inbox(department=department), "Nothing of that").ticket
    event = Event.objects.get(ticket=ticket, name="ticket.created")
    with django_assert_max_num_queries(14):  # with the savepoints, the locks and the trace
        on_event(event)


def test_a_trigger_may_ask_the_rules_again_and_give_to_the_least_busy():
    shipping = make_department("Shipping")
    make_rule("All", department=shipping)
    case = case_of_ticket(customer_writes().ticket)
    assert ACTIONS["rules"].do(case, "", SYSTEM) is None
    assert Ticket.objects.get(pk=case.ticket.pk).department == shipping
    assert "Nobody of its department" in ACTIONS["least_busy"].do(case, "", SYSTEM)
