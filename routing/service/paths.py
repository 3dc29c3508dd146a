"""Paths of escalation: keeping them."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import clock
from helpdesk.conditions import faults_of, normal_group
from helpdesk.conditions.fields import TICKET
from helpdesk.errors import InvalidRule
from helpdesk.ordering import next_position
from routing.models import EscalationPath
from routing.service.targets import offered_targets

MOST_STEPS = 8
LONGEST = 30 * 24 * 3600
DOES: dict[str, str | Lazy] = {
    "tell": gettext_lazy("tell them"),
    "hand_over": gettext_lazy("hand it over to them"),
    "pile": gettext_lazy("put it into the escalation inbox"),
}


def save_path(path: EscalationPath) -> EscalationPath:
    """Raises InvalidRule. Tickets that are on their way keep the steps as they were."""
    if faults := dict(path_faults(path)):
        raise InvalidRule(faults)
    path.conditions = normal_group(path.conditions)
    path.steps = sorted(path.steps, key=lambda step: step["after"])
    with transaction.atomic():
        if path.pk is None:
            path.position = next_position(EscalationPath.objects)
            path.counts_from = path.counts_from or clock.now()
        path.save()
    return path


def path_faults(path: EscalationPath) -> Iterator[tuple[str, str]]:
    if not path.name.strip():
        yield "name", _("Give it a name.")
    yield from faults_of(path.conditions, scope=TICKET)
    if not path.steps:
        yield "steps", _("Add a step: who is next?")
    if len(path.steps) > MOST_STEPS:
        yield "steps", _("At most %(most)s steps.") % {"most": MOST_STEPS}
    offered = {key for _group, choices in offered_targets() for key, _name in choices}
    for number, step in enumerate(path.steps):
        if fault := step_fault(step, offered):
            yield f"steps.{number}", fault


def step_fault(step: dict[str, Any], offered: set[str]) -> str:
    after = step.get("after")
    if not isinstance(after, int) or not 0 <= after <= LONGEST:
        return _("Write a time such as 30 min or 4 h, at most 30 days.")
    if step.get("to") not in offered:
        return _("Choose who is next.")
    return "" if step.get("does") in DOES else _("Choose what happens then.")
