"""Where a new ticket goes: the assignment rules in their order, the first that fits wins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from helpdesk import clock
from helpdesk.conditions import Case, case_of_ticket, compile_group, explain
from helpdesk.conditions.groups import Holds
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.people.availability import not_taking
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket, escalate_ticket, transfer_ticket
from helpdesk.tickets.models import Ticket
from routing.assignment.tracing import ESCALATED, INBOX, LEFT, PLACED, trace_rules
from routing.at_hand import AtHand
from routing.models import AssignmentRule, Department, Placement

DECISIONS = (names.TICKET_ASSIGNED, names.TICKET_TRANSFERRED)
Reason = Ticket.EscalationReason


@dataclass(frozen=True)
class Standing:
    """A rule that is on, ready to be asked."""

    rule: AssignmentRule
    holds: Holds


def read_standing() -> Sequence[Standing]:
    rules = AssignmentRule.objects.filter(is_active=True)
    return tuple(Standing(rule, compile_group(rule.conditions)) for rule in rules)


STANDING = AtHand(read_standing)


def standing_rules() -> Sequence[Standing]:
    """Those that are on, in their order."""
    return STANDING.get()


def route_ticket(case: Case, *, rules: Sequence[Standing] | None = None) -> None:
    """Ask the rules about a ticket, do as the first that fits says, and write down how it came to that. Once for the case's
    event; of a ticket alone, as often as it is asked. What a person has decided stays."""
    standing = standing_rules() if rules is None else rules
    if not standing or not case.ticket.is_real or case.ticket.is_finished:
        return
    tried, matched = ask(standing, case)
    if matched:  # whom it names may have changed since it was read
        matched = AssignmentRule.objects.select_related("department", "agent", "skill").get(pk=matched.pk)
    with transaction.atomic():
        lock_contact(case.ticket.contact_id)
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=case.ticket.pk)
        data: dict[str, Any] = {
            "tried": [[one.pk, one.name] for one in tried],
            "matched": matched.pk if matched else None,
            "name": matched.name if matched else "",
            "lines": [list(each) for each in explain(matched.conditions, case)] if matched else [],
        }
        data |= outcome_of(ticket, matched)
        if trace_rules(ticket.pk, case.event.pk if case.event else None, data):
            act(ticket, matched, data)


def route_again(ticket: Ticket) -> None:
    """By hand: as if it had just come in."""
    route_ticket(case_of_ticket(Ticket.objects.select_related("contact__company").get(pk=ticket.pk)))


def ask(standing: Sequence[Standing], case: Case) -> tuple[list[AssignmentRule], AssignmentRule | None]:
    """Those that were asked, and the one that fits."""
    tried = []
    for one in standing:
        tried.append(one.rule)
        if one.holds(case):
            return tried, one.rule
    return tried, None


def outcome_of(ticket: Ticket, rule: AssignmentRule | None) -> dict[str, Any]:
    """What is to come of it, as the trace keeps it."""
    if was_decided_by_hand(ticket):
        return {"outcome": LEFT}
    if rule is None:
        return {"outcome": INBOX if ticket.department_id else ESCALATED, "reason": Reason.NO_RULE}
    department = target_department(rule, ticket)
    agent = rule.agent if rule.agent and can_have(rule.agent, department or ticket.department) else None
    if department is None and agent is None:
        return {"outcome": ESCALATED, "reason": Reason.NOBODY}
    return {
        "outcome": PLACED,
        "department": str(department or ""),
        "department_id": department.pk if department else None,
        "agent": str(agent or ""),
        "agent_id": agent.pk if agent else None,
        "skill": str(rule.skill or ""),
    }


def act(ticket: Ticket, rule: AssignmentRule | None, data: dict[str, Any]) -> None:
    by = Actor.rule(rule) if rule else SYSTEM
    if data["outcome"] == ESCALATED:
        escalate_ticket(ticket, reason=data["reason"], by=by)
    if data["outcome"] != PLACED:
        return
    if data["department_id"]:
        department = Department.objects.get(pk=data["department_id"])
        ticket = transfer_ticket(ticket, to=department, by=by)
        if rule.skill:
            need_skill(ticket, rule, department)
    if data["agent_id"]:
        assign_ticket(ticket, to=rule.agent, by=by)


def need_skill(ticket: Ticket, rule: AssignmentRule, department: Department) -> None:
    until = clock.now() + timedelta(minutes=department.skill_minutes)
    needed = {"skill": rule.skill, "skill_until": until}
    Placement.objects.update_or_create(ticket=ticket, defaults=needed)


def was_decided_by_hand(ticket: Ticket) -> bool:
    if ticket.assignee_id:
        return True
    decided = Event.objects.filter(ticket=ticket.pk, name__in=DECISIONS, actor_kind="agent")
    return decided.exists()


def target_department(rule: AssignmentRule, ticket: Ticket) -> Department | None:
    """The rule's; for a skill alone the ticket's where somebody there has it, else the first department where somebody has."""
    if rule.department_id:
        return rule.department if rule.department.is_active else None
    if not rule.skill_id:
        return None
    able = Department.objects.filter(is_active=True, members__skills=rule.skill, members__is_active=True)
    return able.filter(pk=ticket.department_id).first() or able.order_by("position", "name").first()


def can_have(agent: User, department: Department | None) -> bool:
    """Whether they are in the team, take new tickets, and may see this one there."""
    is_open = department is None or not department.is_restricted or agent.is_admin
    is_seen = is_open or department.members.filter(pk=agent.pk).exists()
    return agent.is_active and is_seen and agent.pk not in not_taking([agent.pk])
