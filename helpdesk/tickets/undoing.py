"""Taking back what was changed on a ticket: only what is still as the change left it.

A change is kept as two standings, before and after. What somebody else changed since stays as they left it, and whoever
takes the change back is told.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import clock
from helpdesk.errors import Conflict
from helpdesk.events.actor import Actor
from helpdesk.people.models import User
from helpdesk.tickets import actions
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.recounting import answers_of

Standing = dict[str, Any]

# What the verbs change on a ticket; what follows from it is only put back with it.
FIELDS = (
    "department_id",
    "assignee_id",
    "status",
    "snoozed_until",
    "priority",
    "tags",
    "is_spam",
    "trashed_at",
)
FOLLOWING = ("closed_at", "waiting_since")
ESCALATION = ("escalated_at", "escalation_reason")


class ChangedSince(Conflict):
    """Somebody else has changed the same thing since."""

    code = "changed_since"
    sentence = gettext_lazy("it was changed since")


def standing_of(ticket: Ticket) -> Standing:
    """What can be put back, ready for JSON."""
    return {name: as_json(getattr(ticket, name)) for name in (*FIELDS, *FOLLOWING, *ESCALATION, "updated_at")}


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def changes_between(before: Standing, after: Standing) -> list[str]:
    """The names of the fields that differ."""
    return [name for name in FIELDS if before[name] != after[name]]


def put_back(ticket: Ticket, before: Standing, after: Standing, *, by: Actor) -> Ticket:
    """Make the ticket as it was `before`, through the same verbs as every other change; returns it, fresh.

    Raises ChangedSince where one of the changed fields is not as it was `after` any more, and TicketIsMerged as the
    verbs do. Then nothing is changed.
    """
    names = changes_between(before, after)
    with transaction.atomic():
        fresh = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        now = standing_of(fresh)
        for name in names:
            if not is_as_left(name, now, before, after):
                raise ChangedSince
        for name in names:
            fresh = PUT_BACK[name](fresh, before, after, by)
        if "status" in names:
            put_back_following(fresh, before, after, now)
        if before.get("escalated_at") and not after["escalated_at"]:
            put_back_escalation(fresh, before)
    return fresh


def is_as_left(name: str, now: Standing, before: Standing, after: Standing) -> bool:
    if name != "tags":
        return now[name] == after[name]
    came, went = tags_between(before, after)
    return came <= set(now["tags"]) and not went & set(now["tags"])


def tags_between(before: Standing, after: Standing) -> tuple[set[str], set[str]]:
    """The tags that came, and those that went."""
    return set(after["tags"]) - set(before["tags"]), set(before["tags"]) - set(after["tags"])


def put_back_department(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    departments = Ticket._meta.get_field("department").related_model.objects
    to = departments.filter(pk=before["department_id"]).first()
    if before["department_id"] and to is None:
        raise ChangedSince(_("its department is gone"))
    return actions.transfer_ticket(ticket, to=to, by=by)


def put_back_assignee(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    to = User.objects.agents().filter(pk=before["assignee_id"]).first()
    if before["assignee_id"] and to is None:
        raise ChangedSince(_("whoever had it has left the team"))
    return actions.assign_ticket(ticket, to=to, by=by)


def put_back_status(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    return actions.set_ticket_status(ticket, status=before["status"], by=by)


def put_back_snooze(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    until = before["snoozed_until"] and parse_datetime(before["snoozed_until"])
    if until and until > clock.now():
        return actions.snooze_ticket(ticket, until=until, by=by)
    return actions.wake_ticket(ticket, by=by)


def put_back_priority(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    return actions.prioritise_ticket(ticket, priority=before["priority"], by=by)


def put_back_tags(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    came, went = tags_between(before, after)
    ticket = actions.untag_ticket(ticket, tags=came, by=by)
    return actions.tag_ticket(ticket, tags=[tag for tag in before["tags"] if tag in went], by=by)


def put_back_spam(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    return (actions.mark_spam if before["is_spam"] else actions.unmark_spam)(ticket, by=by)


def put_back_trash(ticket: Ticket, before: Standing, after: Standing, by: Actor) -> Ticket:
    return (actions.trash_ticket if before["trashed_at"] else actions.restore_ticket)(ticket, by=by)


PUT_BACK = {
    "department_id": put_back_department,
    "assignee_id": put_back_assignee,
    "status": put_back_status,
    "snoozed_until": put_back_snooze,
    "priority": put_back_priority,
    "tags": put_back_tags,
    "is_spam": put_back_spam,
    "trashed_at": put_back_trash,
}


def put_back_following(ticket: Ticket, before: Standing, after: Standing, now: Standing) -> None:
    """A closing ends the waiting and a reopening forgets when it was closed: both are as they were, but nobody waits who
    was answered since, and whoever has written since waits. `now`: how it stood when this began."""
    was = before
    if now["waiting_since"] != after["waiting_since"]:
        was = before | {"waiting_since": now["waiting_since"]}
    elif answers_of(ticket).filter(released_at__gt=parse_datetime(after["updated_at"])).exists():
        was = before | {"waiting_since": None}
    for name in FOLLOWING:
        setattr(ticket, name, was[name] and parse_datetime(was[name]))
    actions.save(ticket, *FOLLOWING)


def put_back_escalation(ticket: Ticket, before: Standing) -> None:
    """Whoever took, moved or closed it took it off the list of what a person has to look at. It is there again, with its
    reason and age, where nobody has done so since."""
    is_in_hands = any(getattr(ticket, name) != before[name] for name in ("assignee_id", "department_id"))
    if is_in_hands or ticket.escalated_at or ticket.is_finished:
        return
    ticket.escalated_at = parse_datetime(before["escalated_at"])
    ticket.escalation_reason = before["escalation_reason"]
    actions.save(ticket, *ESCALATION)
