"""Policies: which one is a ticket's, and keeping them."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.conditions import Case, compile_group, faults_of, normal_group
from helpdesk.conditions.fields import TICKET
from helpdesk.conditions.groups import Holds
from helpdesk.errors import InvalidRule
from helpdesk.ordering import next_position
from helpdesk.tickets.models import Ticket
from routing.at_hand import AtHand
from routing.models import PromiseKind, ServicePolicy

SHORTEST, LONGEST = 60, 90 * 24 * 3600  # seconds that can be promised
MAY_PAUSE = (Ticket.Status.PENDING.value, Ticket.Status.ON_HOLD.value)


def read_ready() -> list[tuple[ServicePolicy, Holds]]:
    active = ServicePolicy.objects.filter(is_active=True)
    return [(policy, compile_group(policy.conditions)) for policy in active]


READY = AtHand(read_ready)


def choose_policy(case: Case) -> ServicePolicy | None:
    """The first that is on and whose conditions hold."""
    return next((policy for policy, holds in READY.get() if holds(case)), None)


def target_of(policy: ServicePolicy, kind: str, priority: int) -> int:
    """Seconds; 0 where nothing is promised."""
    return int(policy.targets.get(str(priority), {}).get(kind) or 0)


def warn_after(policy: ServicePolicy, target: int) -> int:
    """After how many seconds of the promised ones it is near."""
    if policy.warns_before:
        return max(0, target - policy.warns_before)
    return target * policy.warns_at // 100


def save_policy(policy: ServicePolicy) -> ServicePolicy:
    """Raises InvalidRule. What was promised before stays as it was promised: a new one counts for what begins from now on."""
    if faults := dict(policy_faults(policy)):
        raise InvalidRule(faults)
    policy.conditions = normal_group(policy.conditions)
    with transaction.atomic():
        if policy.pk is None:
            policy.position = next_position(ServicePolicy.objects)
            policy.counts_from = policy.counts_from or clock.now()
        policy.save()
    return policy


def policy_faults(policy: ServicePolicy) -> Iterator[tuple[str, str]]:
    if not policy.name.strip():
        yield "name", _("Give it a name.")
    yield from faults_of(policy.conditions, scope=TICKET)
    promised = False
    for priority, targets in policy.targets.items():
        for kind, seconds in targets.items():
            if priority not in map(str, Ticket.Priority.values) or kind not in PromiseKind.values:
                yield "targets", _("There is no such promise.")
            elif not SHORTEST <= seconds <= LONGEST:
                yield f"targets.{priority}.{kind}", _("Promise between a minute and 90 days.")
            promised = True
    if not promised:
        yield "targets", _("Promise something, or there is nothing to keep.")
    if not set(policy.pauses) <= set(MAY_PAUSE):
        yield "pauses", _("The clock can stand still while a ticket is pending or on hold.")
    if policy.warns_before is not None and not 0 < policy.warns_before <= LONGEST:
        yield "warns_before", _("Write a time such as 30 min or 4 h.")
    if not 1 <= policy.warns_at <= 99:
        yield "warns_at", _("Choose between 1 and 99 %.")
