"""The verbs of the desk. Each exists once, for every door: button, socket, API, trigger and job.

Every verb locks the ticket, changes it and records the fact in one transaction, and returns the fresh
ticket. One that would change nothing records nothing, so that it may run twice.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid
from helpdesk.events import names
from helpdesk.events.actor import BOT, Actor
from helpdesk.events.ledger import record
from helpdesk.people.models import User
from helpdesk.tickets.durations import business_seconds, seconds_between
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.querysets import FINISHED, UNFINISHED

MOST_TAGS = 40


class TicketIsMerged(Conflict):
    """It was put into another ticket: whatever is to be done is done there."""

    code = "merged"


class TicketIsTaken(Conflict):
    """Two agents wanted it at once, and the other one has it."""

    code = "taken"


def refuse_merged(ticket: Ticket) -> None:
    if ticket.merged_into_id:
        raise TicketIsMerged(
            _("This ticket was merged into #%(number)s.") % {"number": ticket.merged_into_id}
        )


def verb(change: Callable[..., None]) -> Callable[..., Ticket]:
    """Run `change(locked_ticket, ...)` in a transaction, with the row locked, and return the ticket.

    Raises TicketIsMerged where the ticket was put into another.
    """

    @wraps(change)
    def locked(ticket: Ticket, **details: Any) -> Ticket:
        with transaction.atomic():
            fresh = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
            refuse_merged(fresh)
            change(fresh, **details)
        return fresh

    return locked


def save(ticket: Ticket, *fields: str) -> None:
    ticket.updated_at = clock.now()
    ticket.save(update_fields=[*fields, "updated_at"])


@verb
def assign_ticket(ticket: Ticket, *, to: User | None, by: Actor, **why: bool) -> None:
    """Give the ticket to a member of the team, or to nobody. Raises Invalid where `to` may not see it.

    `why` goes into the fact: handover where it is a part of one.
    """
    if ticket.assignee_id == (to.pk if to else None):
        return
    if to and not Ticket.objects.visible_to(to).filter(pk=ticket.pk).exists():
        raise Invalid(_("%(agent)s may not see this ticket's department.") % {"agent": to}, field="assignee")
    before, ticket.assignee = ticket.assignee_id, to
    if to and ticket.status == Ticket.Status.NEW:
        ticket.status = Ticket.Status.OPEN
    save(ticket, "assignee", "status", *(leave_escalation(ticket) if to else ()))
    data = {"from": before, "to": ticket.assignee_id, **why}
    record(names.TICKET_ASSIGNED, by=by, ticket=ticket, data=data)


def take_ticket(ticket: Ticket, *, to: User | None, seen: int | None, by: Actor) -> Ticket:
    """Give the ticket to `to` (None: to nobody), as somebody wanted who saw it with the agent `seen` (None: with nobody). Of
    many at once one is heard; the others get TicketIsTaken, which says who has it."""
    with transaction.atomic():
        fresh = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        if fresh.assignee_id not in (None, seen, to.pk if to else None):
            raise TicketIsTaken(_("%(agent)s has it already.") % {"agent": fresh.assignee})
        return assign_ticket(fresh, to=to, by=by)


@verb
def queue_ticket(ticket: Ticket, *, by: Actor) -> None:
    """From now on it waits for a person of the team: the bot hands it over, or gives up."""
    if ticket.queued_at is not None:
        return
    ticket.queued_at = clock.now()
    ticket.waiting_since = ticket.waiting_since or ticket.queued_at
    save(ticket, "queued_at", "waiting_since")
    record(names.TICKET_QUEUED, by=by, ticket=ticket)


@verb
def transfer_ticket(ticket: Ticket, *, to: Any, by: Actor, **why: bool) -> None:
    """Move the ticket to a department (a routing.Department), or out of all. An assignee who may not see
    it there loses it. `why` as in assign_ticket."""
    if ticket.department_id == (to.pk if to else None):
        return
    before, ticket.department = ticket.department_id, to
    save(ticket, "department", *leave_escalation(ticket))
    data = {"from": before, "to": ticket.department_id, **why}
    record(names.TICKET_TRANSFERRED, by=by, ticket=ticket, data=data)
    if ticket.assignee and not Ticket.objects.visible_to(ticket.assignee).filter(pk=ticket.pk).exists():
        lost, ticket.assignee = ticket.assignee_id, None
        save(ticket, "assignee")
        record(names.TICKET_ASSIGNED, by=by, ticket=ticket, data={"from": lost, "to": None, **why})


@verb
def escalate_ticket(ticket: Ticket, *, reason: str, by: Actor, words: str = "") -> None:
    """A person of the team has to look at it, until somebody takes, moves or closes it. `reason` is one of
    Ticket.EscalationReason, `words` what somebody said of it. One that is escalated already keeps its reason and age."""
    if reason not in Ticket.EscalationReason.values:
        raise Invalid(_("There is no such reason."), field="reason")
    if ticket.escalated_at is not None or ticket.is_finished:
        return
    ticket.escalated_at, ticket.escalation_reason = clock.now(), reason
    save(ticket, "escalated_at", "escalation_reason")
    data = {"reason": reason, **({"words": words[:500]} if words else {})}
    record(names.TICKET_ESCALATED, by=by, ticket=ticket, data=data)


def leave_escalation(ticket: Ticket) -> tuple[str, ...]:
    """It is in somebody's hands again: the fields that have changed by it."""
    if ticket.escalated_at is None:
        return ()
    ticket.escalated_at, ticket.escalation_reason = None, ""
    return "escalated_at", "escalation_reason"


@verb
def set_ticket_status(ticket: Ticket, *, status: str, by: Actor) -> None:
    """Move the ticket to any status, through closing and reopening where it crosses that line."""
    if status not in Ticket.Status.values:
        raise Invalid(_("There is no status “%(status)s”.") % {"status": status}, field="status")
    if status in FINISHED and not ticket.is_finished:
        finish(ticket, status, by)
    elif status in UNFINISHED and ticket.is_finished:
        resume(ticket, status, by)
    elif ticket.status != status:
        before, ticket.status = ticket.status, status
        save(ticket, "status")
        record(names.TICKET_STATUS_CHANGED, by=by, ticket=ticket, data={"from": before, "to": status})


def close_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """Close it; the survey follows by a job (tickets.asking_surveys)."""
    return set_ticket_status(ticket, status=Ticket.Status.CLOSED, by=by)


@verb
def close_by_bot(ticket: Ticket, *, reason: str) -> None:
    """The bot has done what it can: they said it helped, or stayed silent. `reason` says which, in a word."""
    if ticket.is_finished:
        return
    finish(ticket, Ticket.Status.CLOSED, BOT)
    record(names.BOT_CLOSED, by=BOT, ticket=ticket, data={"reason": reason})


@verb
def reopen_ticket(ticket: Ticket, *, by: Actor) -> None:
    """Open it again, where it is closed by now."""
    if ticket.is_finished:
        resume(ticket, Ticket.Status.OPEN, by)


def finish(ticket: Ticket, status: str, by: Actor) -> None:
    now = clock.now()
    ticket.status, ticket.closed_at, ticket.snoozed_until, ticket.waiting_since = status, now, None, None
    save(ticket, "status", "closed_at", "snoozed_until", "waiting_since", *leave_escalation(ticket))
    asked = ticket.first_asked_at
    record(
        names.TICKET_CLOSED,
        by=by,
        ticket=ticket,
        value=seconds_between(asked, now) if asked else None,
        business_value=business_seconds(asked, now, ticket.department_id) if asked else None,
        data={"status": status},
    )


def resume(ticket: Ticket, status: str, by: Actor) -> None:
    ticket.status, ticket.closed_at = status, None
    save(ticket, "status", "closed_at")
    record(names.TICKET_REOPENED, by=by, ticket=ticket, data={"status": status})


@verb
def prioritise_ticket(ticket: Ticket, *, priority: int, by: Actor) -> None:
    if priority not in Ticket.Priority.values:
        raise Invalid(_("There is no priority %(priority)s.") % {"priority": priority}, field="priority")
    if ticket.priority == priority:
        return
    before, ticket.priority = ticket.priority, priority
    save(ticket, "priority")
    record(names.TICKET_PRIORITISED, by=by, ticket=ticket, data={"from": before, "to": priority})


@verb
def tag_ticket(ticket: Ticket, *, tags: Iterable[str], by: Actor) -> None:
    """Add tags: lower case, without spaces at the ends, at most 40 characters each."""
    wanted = [normal_tag(tag) for tag in tags]
    fresh = [tag for tag in dict.fromkeys(wanted) if tag and tag not in ticket.tags]
    if not fresh:
        return
    if len(ticket.tags) + len(fresh) > MOST_TAGS:
        raise Invalid(_("A ticket holds at most %(most)s tags.") % {"most": MOST_TAGS}, field="tags")
    ticket.tags = [*ticket.tags, *fresh]
    save(ticket, "tags")
    record(names.TICKET_TAGGED, by=by, ticket=ticket, data={"tags": fresh})


@verb
def untag_ticket(ticket: Ticket, *, tags: Iterable[str], by: Actor) -> None:
    gone = [tag for tag in map(normal_tag, tags) if tag in ticket.tags]
    if not gone:
        return
    ticket.tags = [tag for tag in ticket.tags if tag not in gone]
    save(ticket, "tags")
    record(names.TICKET_UNTAGGED, by=by, ticket=ticket, data={"tags": gone})


def normal_tag(tag: str) -> str:
    return " ".join(str(tag).replace(",", " ").split()).lower()[:40]


@verb
def snooze_ticket(ticket: Ticket, *, until: datetime, by: Actor) -> None:
    """Out of the working list until `until` (aware), or until the customer writes."""
    if until <= clock.now():
        raise Invalid(_("Choose a moment in the future."), field="until")
    if ticket.is_finished:
        raise Invalid(_("A closed ticket can't be snoozed."), field="until")
    ticket.snoozed_until = until
    save(ticket, "snoozed_until")
    record(names.TICKET_SNOOZED, by=by, ticket=ticket, data={"until": until.isoformat()})


@verb
def wake_ticket(ticket: Ticket, *, by: Actor, reason: str = "agent") -> None:
    """`reason` is agent, or due: then it stays asleep where somebody has put it aside for longer meanwhile."""
    if ticket.snoozed_until is None or (reason == "due" and ticket.snoozed_until > clock.now()):
        return
    ticket.snoozed_until = None
    save(ticket, "snoozed_until")
    record(names.TICKET_WOKEN, by=by, ticket=ticket, data={"reason": reason})


@verb
def mark_spam(ticket: Ticket, *, by: Actor) -> None:
    if ticket.is_spam:
        return
    ticket.is_spam = True
    save(ticket, "is_spam")
    record(names.TICKET_MARKED_SPAM, by=by, ticket=ticket)


@verb
def trash_ticket(ticket: Ticket, *, by: Actor) -> None:
    """Out of every list but the trash, which is emptied after a while; a message of the customer brings it back."""
    if ticket.trashed_at is not None:
        return
    ticket.trashed_at = clock.now()
    save(ticket, "trashed_at")
    record(names.TICKET_TRASHED, by=by, ticket=ticket)


@verb
def restore_ticket(ticket: Ticket, *, by: Actor) -> None:
    if ticket.trashed_at is None:
        return
    ticket.trashed_at = None
    save(ticket, "trashed_at")
    record(names.TICKET_RESTORED, by=by, ticket=ticket, data={"reason": "agent"})


@verb
def unmark_spam(ticket: Ticket, *, by: Actor) -> None:
    if not ticket.is_spam:
        return
    ticket.is_spam = False
    save(ticket, "is_spam")
    record(names.TICKET_UNMARKED_SPAM, by=by, ticket=ticket)
