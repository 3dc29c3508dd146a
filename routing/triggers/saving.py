"""Saving a trigger: everything that could not run is refused with its place and its reason, or all is saved."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.tickets.actions import normal_tag
from routing.models import Trigger
from routing.triggers.actions import ACTIONS
from routing.triggers.choices import Choices
from routing.triggers.fields import FIELDS
from routing.triggers.moments import MOMENTS
from routing.triggers.operators import OPERATORS, terms_of

LONGEST_VALUE = 2000
MOST_LINES = 30


class InvalidTrigger(Invalid):
    """`faults` maps a place (name, on, conditions, conditions.0, actions, actions.2 ...) to its reason."""

    def __init__(self, faults: dict[str, str]) -> None:
        place, reason = next(iter(faults.items()))
        super().__init__(reason, field=place)
        self.faults = faults


def save_trigger(trigger: Trigger) -> Trigger:
    """Save a new or changed trigger; a new one goes to the end of the list. Raises InvalidTrigger."""
    if faults := dict(faults_of(trigger)):
        raise InvalidTrigger(faults)
    with transaction.atomic():
        if trigger.pk is None:
            last = Trigger.objects.aggregate(last=Max("position"))["last"]
            trigger.position = 0 if last is None else last + 1
        trigger.save()
    return trigger


def faults_of(trigger: Trigger) -> Iterator[tuple[str, str]]:
    """(place, reason) of everything that is wrong."""
    if not trigger.name.strip():
        yield "name", _("Give the trigger a name.")
    elif len(trigger.name) > 80:
        yield "name", _("At most 80 characters.")
    if not trigger.on or not set(trigger.on) <= set(MOMENTS):
        yield "on", _("Choose when it happens.")
    if trigger.match not in Trigger.Match.values:
        yield "match", _("Choose all or any.")
    if not trigger.actions:
        yield "actions", _("Add at least one action.")
    if len(trigger.conditions) > MOST_LINES or len(trigger.actions) > MOST_LINES:
        yield "conditions", _("At most %(most)s lines.") % {"most": MOST_LINES}
    for place, lines, fault_of in (
        ("conditions", trigger.conditions, condition_fault),
        ("actions", trigger.actions, action_fault),
    ):
        for number, line in enumerate(lines[:MOST_LINES]):
            if fault := fault_of(line):
                yield f"{place}.{number}", fault


def condition_fault(condition: dict) -> str:
    """What is wrong with it, "" where nothing is."""
    field, operator = FIELDS.get(condition.get("field", "")), OPERATORS.get(condition.get("op", ""))
    if field is None:
        return _("There is no such field.")
    if operator is None or field.kind not in operator.kinds:
        return _("This comparison does not fit the field.")
    value = str(condition.get("value", ""))
    if not operator.needs_value:
        return ""
    if field.offers:
        return choice_fault(value, field.offers)
    if not terms_of(value):
        return _("Write what to compare with.")
    return length_fault(value)


def action_fault(step: dict) -> str:
    action = ACTIONS.get(step.get("do", ""))
    value = str(step.get("value", ""))
    if action is None:
        return _("There is no such action.")
    if action.kind == "nothing":
        return ""
    if action.offers:
        return choice_fault(value, action.offers)
    if not value.strip() or (action.kind == "tags" and not any(map(normal_tag, value.split(",")))):
        return _("Write what it is to be.")
    return length_fault(value)


def choice_fault(value: str, offers: Callable[[], Choices]) -> str:
    if not value:
        return _("Choose one.")
    return "" if value in dict(offers()) else _("This is no longer there. Choose another.")


def length_fault(value: str) -> str:
    return "" if len(value) <= LONGEST_VALUE else _("At most %(most)s characters.") % {"most": LONGEST_VALUE}
