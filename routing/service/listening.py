"""What the ledger tells of marks, priorities, promises and escalation. Two hooks, since assignment comes between them:
`mark_and_prioritise` before it, `keep_up` after it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from helpdesk.conditions import Case
from helpdesk.events import names
from routing.at_hand import AtHand, read_stamp
from routing.models import EscalationPath, PriorityFormula, Promise, ServicePolicy
from routing.service import care, escalating, priority
from routing.service.promises import CHOOSING, keep_promises_of
from routing.service.whole import lock_whole

# What moves the clock of a promise is what a path begins and ends by: since when somebody waits, and what the conditions ask.
HEARD = CHOOSING | {
    *(names.TICKET_CREATED, names.TICKET_QUEUED, names.MESSAGE_RECEIVED, names.MESSAGE_REPLIED),
    *(names.CALL_LOGGED, names.MESSAGE_FAILED, names.TICKET_STATUS_CHANGED, names.TICKET_CLOSED),
    *(names.TICKET_REOPENED, names.TICKET_MARKED_SPAM, names.TICKET_UNMARKED_SPAM, names.TICKET_TRASHED),
    *(names.TICKET_RESTORED, names.TICKET_MERGED, names.TICKET_UNMERGED, names.TICKET_SPLIT),
}
SAME_MOMENT = timedelta(seconds=5)


ALL_HEARD = HEARD | care.HEARD | priority.HEARD


@dataclass(frozen=True)
class InUse:
    has_policies: bool
    has_formula: bool
    has_paths: bool


def read_in_use() -> InUse:
    models = (ServicePolicy, PriorityFormula, EscalationPath)
    return InUse(*(model.objects.filter(is_active=True).exists() for model in models))


IN_USE = AtHand(read_in_use)


def promises() -> bool:
    """Is anything promised, or was and is not done with?"""
    return IN_USE.get().has_policies or read_stamp().has_promises


def escalates() -> bool:
    return IN_USE.get().has_paths or read_stamp().has_escalations


def facts_that_matter() -> set[str]:
    """Of those that can matter beside the marks, by what is in use."""
    heard: set[str] = set()
    if IN_USE.get().has_formula:
        heard |= priority.HEARD
    if promises() or escalates():
        heard |= HEARD
    return heard


def mark_and_prioritise(case: Case) -> bool:
    """What has to be known before it is assigned; whether the ticket may have become another by it."""
    if not case.ticket.is_real or case.ticket.merged_into_id:
        return False
    marked = care.mark_by_rules(case)
    prioritised = IN_USE.get().has_formula and priority.prioritise_case(case)
    return bool(marked or prioritised)


def keep_up(case: Case) -> None:
    """Bring the promises of the case's ticket, and its way along a path, up to this event."""
    if case.event.name not in HEARD or is_further_line(case):
        return
    if not (promises() or escalates()):
        return
    with transaction.atomic():
        ticket = lock_whole(case.ticket.pk)
        if ticket and promises():
            keep_promises_of(ticket, case=case)
        if ticket and escalates():
            escalating.follow_locked(ticket, told=case.event.name)


def is_further_line(case: Case) -> bool:
    """One more message of somebody who waits already: it changes no clock but one that stood still."""
    ticket, event = case.ticket, case.event
    if event.name != names.MESSAGE_RECEIVED or ticket.waiting_since is None:
        return False
    if ticket.waiting_since >= event.occurred_at - SAME_MOMENT:
        return False
    return (
        not promises()
        or not Promise.objects.filter(ticket=ticket, state=Promise.State.PAUSED, ended_at=None).exists()
    )
