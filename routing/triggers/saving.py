"""Saving a trigger: everything that could not run is refused with its place and its reason, or all is saved."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.conditions import faults_of as faults_of_conditions
from helpdesk.conditions import normal_group
from helpdesk.conditions.fields import EVENT, TICKET
from helpdesk.conditions.refusing import MOST_LINES, choice_fault, length_fault
from helpdesk.errors import InvalidRule
from helpdesk.ordering import next_position
from helpdesk.people.models import User
from helpdesk.tickets.actions import normal_tag
from routing.models import Trigger, TriggerVersion
from routing.triggers.actions import find_action
from routing.triggers.knowing import ATTRIBUTE, attribute_fault
from routing.triggers.moments import MOMENTS
from routing.triggers.states import STATES
from routing.triggers.versions import definition_of, keep_version, with_definition
from routing.triggers.waiting import forget_marks

LONGEST_WAIT = 366 * 24 * 60  # minutes


def save_trigger(trigger: Trigger, *, user: User | None = None, restored_from: int | None = None) -> Trigger:
    """Save a new or changed trigger, with a version where it says something else than before; a new one goes to the end
    of the list. One that waits for time counts from now. Raises InvalidRule."""
    if faults := dict(faults_of(trigger)):
        raise InvalidRule(faults)
    with transaction.atomic():
        if trigger.pk is None:
            trigger.position = next_position(Trigger.objects)
        trigger.conditions = normal_group(trigger.conditions)
        count_from_now(trigger)
        trigger.save()
        keep_version(trigger, user=user, restored_from=restored_from)
    return trigger


def switch_trigger(trigger: Trigger, *, is_active: bool, user: User | None = None) -> None:
    """On or off. Twice the same does nothing."""
    with transaction.atomic():
        trigger = Trigger.objects.select_for_update().get(pk=trigger.pk)
        if trigger.is_active == is_active:
            return
        trigger.is_active = is_active
        count_from_now(trigger)
        trigger.save(update_fields=["is_active", "counts_from"])
        keep_version(trigger, user=user)


def count_from_now(trigger: Trigger) -> None:
    """What has lasted long enough already is none of its matter: nobody expects a hundred mails of a switch."""
    trigger.counts_from = clock.now() if trigger.after_minutes is not None else None
    if trigger.pk:
        forget_marks(trigger)


def copy_trigger(trigger: Trigger, *, user: User | None = None) -> Trigger:
    """The same once more, below it and switched off."""
    with transaction.atomic():
        name = _("%(name)s (copy)") % {"name": trigger.name[:70]}
        copy = with_definition(Trigger(), definition_of(trigger))
        copy.name, copy.is_active, copy.position = name, False, trigger.position + 1
        Trigger.objects.filter(position__gt=trigger.position).update(position=F("position") + 1)
        copy.save()
        keep_version(copy, user=user)
    return copy


def restore_version(trigger: Trigger, version: TriggerVersion, *, user: User | None = None) -> Trigger:
    """As it read then, as a new version. Raises InvalidRule where that could not run any more."""
    return save_trigger(with_definition(trigger, version.definition), user=user, restored_from=version.number)


def faults_of(trigger: Trigger) -> Iterator[tuple[str, str]]:
    """(place, reason) of everything that is wrong."""
    if not trigger.name.strip():
        yield "name", _("Give the trigger a name.")
    elif len(trigger.name) > 80:
        yield "name", _("At most 80 characters.")
    yield from faults_of_moments(trigger)
    yield from faults_of_conditions(
        trigger.conditions, scope=EVENT if trigger.after_minutes is None else TICKET
    )
    if not trigger.actions:
        yield "actions", _("Add at least one action.")
    if len(trigger.actions) > MOST_LINES:
        yield "actions", _("At most %(most)s lines.") % {"most": MOST_LINES}
    for number, step in enumerate(trigger.actions[:MOST_LINES]):
        if fault := action_fault(step):
            yield f"actions.{number}", fault


def faults_of_moments(trigger: Trigger) -> Iterator[tuple[str, str]]:
    """It listens to facts, or waits for one state for a time."""
    if trigger.after_minutes is None:
        if not trigger.on or not set(trigger.on) <= set(MOMENTS):
            yield "on", _("Choose when it happens.")
        return
    if len(trigger.on) != 1 or trigger.on[0] not in STATES:
        yield "on", _("What waits for time stands alone: make a second trigger of the rest.")
    if not 1 <= trigger.after_minutes <= LONGEST_WAIT:
        yield "after", _("Write a time from one minute to a year.")
    if trigger.clock not in Trigger.Clock.values:
        yield "after", _("Choose by which clock.")


def action_fault(step: dict) -> str:
    action = find_action(str(step.get("do", "")))
    value = str(step.get("value", ""))
    if action is None:
        return _("There is no such action.")
    if action.kind == "nothing":
        return ""
    if action.offers:
        return choice_fault([value] if value else [], action.offers)
    if action.key.startswith(ATTRIBUTE):
        return attribute_fault(action.key, value)
    if not value.strip() or (action.kind == "tags" and not any(map(normal_tag, value.split(",")))):
        return _("Write what it is to be.")
    return length_fault(value)
