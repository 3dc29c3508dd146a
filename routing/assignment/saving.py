"""Saving an assignment rule: what could not work is refused with its place and its reason, or all is saved."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.conditions import faults_of as faults_of_conditions
from helpdesk.conditions import normal_group
from helpdesk.conditions.fields import EVENT
from helpdesk.errors import InvalidRule
from helpdesk.ordering import next_position
from routing.assignment.recalling import may_work_in
from routing.models import AssignmentRule


def save_rule(rule: AssignmentRule) -> AssignmentRule:
    """Save a new or changed rule; a new one goes to the end, and holds from the next ticket on. Raises InvalidRule."""
    if faults := dict(faults_of(rule)):
        raise InvalidRule(faults)
    with transaction.atomic():
        if rule.pk is None:
            rule.position = next_position(AssignmentRule.objects)
        rule.conditions = normal_group(rule.conditions)
        rule.changed_at = clock.now()
        rule.save()
    return rule


def faults_of(rule: AssignmentRule) -> Iterator[tuple[str, str]]:
    """(place, reason) of everything that is wrong."""
    if not rule.name.strip():
        yield "name", _("Give the rule a name.")
    elif len(rule.name) > 80:
        yield "name", _("At most 80 characters.")
    if not (rule.department or rule.agent or rule.skill):
        yield "target", _("Choose where the ticket goes: a department, an agent or a skill.")
    if rule.department and not rule.department.is_active:
        yield "department", _("This department is no longer in use.")
    if rule.agent and not rule.agent.is_active:
        yield "agent", _("The agent is no longer active.")
    elif rule.agent and rule.department and not may_work_in(rule.agent, rule.department):
        told = {"agent": rule.agent, "department": rule.department}
        yield "agent", _("%(agent)s may not see the tickets of %(department)s.") % told
    yield from faults_of_conditions(rule.conditions, scope=EVENT)


def switch_rule(rule: AssignmentRule, *, is_active: bool) -> None:
    AssignmentRule.objects.filter(pk=rule.pk).update(is_active=is_active, changed_at=clock.now())


def definition_of(rule: AssignmentRule) -> dict[str, Any]:
    """For a dry run: what it asks, and which rules come before it."""
    earlier = AssignmentRule.objects.filter(is_active=True)
    if rule.pk:
        earlier = earlier.exclude(pk=rule.pk).filter(position__lt=rule.position)
    return {
        "name": rule.name,
        "conditions": normal_group(rule.conditions),
        "before": [normal_group(one.conditions) for one in earlier],
    }
