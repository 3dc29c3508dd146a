"""Calling somebody from one channel or department to another for a while, and back."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from routing.models import Department, Workload

LONGEST = timedelta(hours=24)
DUE = "due"  # why a recall ended; else somebody ended it


@transaction.atomic
def recall_agent(
    agent: User,
    *,
    to_channels: Collection[str] = (),
    department: Department | None = None,
    until: datetime,
    by: Actor,
) -> Workload:
    """From now on `agent` serves these channels only (none: all), for this department besides their own, until a moment
    or `end_recall`. What they have stays theirs; of other channels it does not count as load meanwhile. A second recall takes
    the place of the first.

    Raises Invalid for a channel that is none, a moment that is past or more than a day ahead, and a restricted department
    whose tickets they may not see.
    """
    now = clock.now()
    if not to_channels and department is None:
        raise Invalid(_("Choose a channel or a department."), field="channels")
    if not set(to_channels) <= set(Inbox.Kind.values):
        raise Invalid(_("There is no such channel."), field="channels")
    if not now < until <= now + LONGEST:
        raise Invalid(_("Choose a moment within the next 24 hours."), field="until")
    if department and not may_work_in(agent, department):
        told = {"agent": agent, "department": department}
        raise Invalid(_("%(agent)s may not see the tickets of %(department)s.") % told, field="department")
    row = locked_workload(agent)
    row.recalled_at, row.recalled_until = now, until
    row.recalled_to, row.recalled_into = sorted(to_channels), department
    row.recalled_by_id = by.id if by.kind == "agent" else None
    row.save()
    told = {"agent": agent.pk, "channels": row.recalled_to, "until": until.isoformat()}
    told["department"] = department.pk if department else None
    record(names.AGENT_RECALLED, by=by, data=told)
    return row


@transaction.atomic
def end_recall(agent: User, *, by: Actor, reason: str = "agent") -> None:
    """Back to what is planned or usual. Nothing happens where nobody called them, or has called them anew where the one
    before is `due`."""
    row = locked_workload(agent)
    if row.recalled_at is None or (reason == DUE and is_recalled(row)):
        return
    row.recalled_at = row.recalled_until = row.recalled_into = row.recalled_by = None
    row.recalled_to = []
    row.save()
    record(names.AGENT_RECALL_ENDED, by=by, data={"agent": agent.pk, "reason": reason})


def end_due_recalls() -> None:
    for row in Workload.objects.filter(recalled_until__lte=clock.now()).select_related("user"):
        end_recall(row.user, by=SYSTEM, reason=DUE)


def is_recalled(row: Workload) -> bool:
    return row.recalled_until is not None and row.recalled_until > clock.now()


def may_work_in(agent: User, department: Department) -> bool:
    is_open = not department.is_restricted or agent.is_admin
    return department.is_active and (is_open or department.members.filter(pk=agent.pk).exists())


def locked_workload(agent: User) -> Workload:
    Workload.objects.get_or_create(user=agent)
    return Workload.objects.select_for_update(of=("self",)).get(user=agent)
