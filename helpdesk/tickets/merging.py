"""Two tickets that turn out to be one, and taking them apart again.

The ledger is not touched: the funnel leaves out a ticket that is gone, and takes it back when the merge is undone. A
survey stays with the ticket it asked about.
"""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.actions import MOST_TAGS, assign_ticket, refuse_merged, resume, tag_ticket, untag_ticket
from helpdesk.tickets.marks import mark_ticket, unmark_ticket
from helpdesk.tickets.models import LastLook, Message, Participant, Ticket, TicketMerge
from helpdesk.tickets.recounting import recount
from helpdesk.tickets.unreadable import UNREADABLE

KEPT_OF_GONE = ("status", "closed_at", "snoozed_until")


def merge_tickets(kept: Ticket, gone: Ticket, *, shows_restricted: bool = False, by: Actor) -> TicketMerge:
    """Put `gone` into `kept`: its messages, people, tags and marks move over, and its agent where `kept` has none; it is closed, and
    what still comes for it lands there.

    Whoever calls this has made sure that `by` may see both. A finished `kept` is reopened where `gone` was not. Raises
    Conflict where others would see what only a restricted department sees, unless the caller knows: `shows_restricted`.
    Raises Invalid for one and the same ticket, for spam and trash, for a conversation that would go into what could not be read, for
    two customers of whom one did not write by mail: only mail can answer several people, and for a chat that its widget
    would show no longer. Raises TicketIsMerged where either is gone already.
    """
    if kept.pk == gone.pk:
        raise Invalid(_("Choose another ticket: one can't be merged with itself."), field="into")
    with transaction.atomic():
        kept, gone = lock_two(kept.pk, gone.pk)
        for ticket in (kept, gone):
            refuse_merged(ticket)
            if ticket.is_spam:
                raise Invalid(_("#%(number)s is marked as spam.") % {"number": ticket.pk}, field="into")
            if ticket.trashed_at:
                raise Invalid(_("#%(number)s is in the trash.") % {"number": ticket.pk}, field="into")
        refuse_two_by_chat(kept, gone)
        refuse_hidden_chat(kept, gone)
        if is_opened_up(gone, into=kept) and not shows_restricted:
            raise Conflict(
                _("#%(number)s is in a restricted department: others would see its messages.")
                % {"number": gone.pk},
                field="shows_restricted",
            )
        refuse_placeholder(kept, gone)
        merge = TicketMerge.objects.create(
            kept=kept,
            gone=gone,
            messages=list(movable(gone).values_list("pk", flat=True)),
            before=state_of(gone) | {"joined": join_people(kept, gone)} | lacking(kept, gone),
            user_id=by.id if by.kind == "agent" else None,
            merged_at=clock.now(),
        )
        is_asked = not gone.is_finished
        share_looks(kept, gone)
        move_messages(merge.messages, gone, kept)
        go(gone, kept)
        if is_asked and kept.is_finished:
            resume(kept, Ticket.Status.OPEN, by)
        if is_asked and gone.queued_at and kept.queued_at is None:
            queue_anew(kept, by)
        kept = take_along(kept, gone, merge, by)
        recount(kept)
        recount(gone)
        record(names.TICKET_MERGED, by=by, ticket=gone, data={"into": kept.pk})
        record(names.TICKET_MERGED, by=by, ticket=kept, data={"gone": gone.pk, "messages": merge.messages})
    return merge


def unmerge_ticket(gone: Ticket, *, by: Actor) -> Ticket:
    """Take `gone` out again, with those of its messages that still stand where it was put; returns it, fresh.

    What was written since then stays with the ticket that was kept. Raises Conflict where it is not merged.
    """
    with transaction.atomic():
        now_on, gone = lock_two(standing_id(gone), gone.pk)
        merge = TicketMerge.objects.select_for_update().filter(gone=gone, undone_at=None).first()
        if merge is None or now_on.merged_into_id:
            raise Conflict(_("This ticket is not merged any more."))
        move_messages(merge.messages, now_on, gone)
        come_back(gone, merge)
        part_people(now_on, gone, merge)
        now_on = leave_behind(now_on, gone, merge, by)
        merge.undone_at = clock.now()
        merge.save(update_fields=["undone_at"])
        recount(now_on)
        recount(gone)
        record(names.TICKET_UNMERGED, by=by, ticket=gone, data={"out_of": now_on.pk})
        record(names.TICKET_UNMERGED, by=by, ticket=now_on, data={"back": gone.pk})
    return gone


def standing_id(ticket: Ticket) -> int:
    """The number of the ticket where this one's conversation goes on: its own, where it was not merged."""
    number, into = ticket.pk, Ticket.objects.values_list("merged_into", flat=True)
    while further := into.get(pk=number):
        number = further
    return number


def lock_two(one: int, other: int) -> tuple[Ticket, Ticket]:
    """Both, locked in the order of their numbers so that two merges can't block each other."""
    locked = Ticket.objects.select_for_update(of=("self",)).filter(pk__in=[one, other]).order_by("pk")
    found = {ticket.pk: ticket for ticket in locked}
    return found[one], found[other]


def is_opened_up(gone: Ticket, *, into: Ticket) -> bool:
    """Whether people who may not see `gone` would see its messages there."""
    return bool(gone.department and gone.department.is_restricted and gone.department != into.department)


def refuse_two_by_chat(kept: Ticket, gone: Ticket) -> None:
    """A chat shows its customer the whole ticket: another customer's messages must not come into it."""
    if kept.contact_id == gone.contact_id:
        return
    spoken = Message.objects.filter(ticket__in=[kept, gone]).exclude(kind=Message.Kind.NOTE)
    by_mail = (Inbox.Kind.EMAIL, Inbox.Kind.API, Inbox.Kind.PHONE)
    if not {kept.channel, gone.channel} <= set(by_mail) or spoken.exclude(channel__in=by_mail).exists():
        raise Invalid(
            _("These are two customers, and not all was written by mail: a chat has one customer only."),
            field="into",
        )


def refuse_hidden_chat(kept: Ticket, gone: Ticket) -> None:
    """A widget shows the tickets that began there: in any other one the customer would see neither their own words nor an
    answer."""
    chats = Message.objects.filter(ticket=gone, channel=Inbox.Kind.WEBCHAT)
    if chats.exclude(inbox=kept.inbox_id).exists():
        raise Invalid(
            _(
                "A customer reads #%(number)s in a chat, which would not show the other ticket: keep #%(number)s."
            )
            % {"number": gone.pk},
            field="into",
        )


def refuse_placeholder(kept: Ticket, gone: Ticket) -> None:
    """What could not be read has not begun, for the ledger: a conversation in it would be nobody's. Two such may be one."""
    if UNREADABLE in kept.attributes and UNREADABLE not in gone.attributes:
        raise Invalid(
            _("#%(number)s could not be read yet: keep the other ticket.") % {"number": kept.pk}, field="into"
        )


def movable(ticket: Ticket) -> Any:
    return ticket.messages.filter(survey=None).order_by("pk")


def move_messages(ids: list[int], source: Ticket, goal: Ticket) -> list[int]:
    """Move those of the messages that stand on `source`. Returns which."""
    moving = Message.objects.filter(pk__in=ids, ticket=source)
    # The sender's own id tells a second press of Send on one ticket; on the new one it may be taken.
    taken = goal.messages.filter(client_uuid__isnull=False).values("client_uuid")
    moving.filter(client_uuid__in=taken).update(client_uuid=None)
    moved = sorted(moving.values_list("pk", flat=True))
    # "Send and close" meant the ticket it was written on.
    moving.update(ticket=goal, closes_ticket=False)
    return moved


def state_of(gone: Ticket) -> dict[str, Any]:
    """What it was like before, as JSON."""
    return {name: getattr(gone, name) and str(getattr(gone, name)) for name in KEPT_OF_GONE}


def go(gone: Ticket, kept: Ticket) -> None:
    gone.merged_into, gone.status = kept, Ticket.Status.CLOSED
    gone.closed_at, gone.snoozed_until = clock.now(), None
    gone.save(update_fields=["merged_into", *KEPT_OF_GONE])


def come_back(gone: Ticket, merge: TicketMerge) -> None:
    gone.merged_into, gone.status = None, merge.before["status"]
    for name in ("closed_at", "snoozed_until"):
        setattr(gone, name, parse_datetime(merge.before[name]) if merge.before.get(name) else None)
    gone.save(update_fields=["merged_into", *KEPT_OF_GONE])


def lacking(kept: Ticket, gone: Ticket) -> dict[str, Any]:
    """What of `gone` is not on `kept`, as JSON: its tags and marks, and the number of its agent where nobody has `kept`."""
    tags = [tag for tag in gone.tags if tag not in kept.tags][: MOST_TAGS - len(kept.tags)]
    marks = [mark for mark in gone.marks if mark not in kept.marks]
    seen = gone.assignee and Ticket.objects.visible_to(gone.assignee).filter(pk=kept.pk).exists()
    return {
        "tags": tags,
        "marks": marks,
        "assignee": gone.assignee_id if seen and kept.assignee_id is None else None,
    }


def take_along(kept: Ticket, gone: Ticket, merge: TicketMerge, by: Actor) -> Ticket:
    """By us: a mark that only leaves with its ticket was taken off by nobody, and may come again."""
    kept = tag_ticket(kept, tags=merge.before["tags"], by=by)
    kept = mark_ticket(kept, marks=merge.before["marks"], by=SYSTEM, why=f"#{gone.pk}")
    return assign_ticket(kept, to=gone.assignee, by=by) if merge.before["assignee"] else kept


def leave_behind(now_on: Ticket, gone: Ticket, merge: TicketMerge, by: Actor) -> Ticket:
    """What came with the ticket goes with it, where nobody has changed it since. A merge of old noted none of this."""
    now_on = untag_ticket(now_on, tags=merge.before.get("tags", []), by=by)
    now_on = unmark_ticket(now_on, marks=merge.before.get("marks", []), by=SYSTEM)
    came = merge.before.get("assignee")
    return assign_ticket(now_on, to=None, by=by) if came and now_on.assignee_id == came else now_on


def queue_anew(kept: Ticket, by: Actor) -> None:
    kept.queued_at = clock.now()
    kept.save(update_fields=["queued_at"])
    record(names.TICKET_QUEUED, by=by, ticket=kept)


def join_people(kept: Ticket, gone: Ticket) -> list[int]:
    """Let the people of `gone` be on `kept`, its requester as one who also asks; returns who was not there before."""
    there = {kept.contact_id, *kept.participants.values_list("contact_id", flat=True)}
    wanted = {gone.contact_id: Participant.Role.REQUESTER}
    for person in gone.participants.all():
        wanted.setdefault(person.contact_id, person.role)
    fresh = {contact: role for contact, role in wanted.items() if contact not in there}
    Participant.objects.bulk_create(
        Participant(ticket=kept, contact_id=contact, role=role, added_at=clock.now())
        for contact, role in fresh.items()
    )
    return list(fresh)


def part_people(now_on: Ticket, gone: Ticket, merge: TicketMerge) -> None:
    """Those who came with the ticket go with it, but for whoever has written where it was."""
    wrote = now_on.messages.filter(kind=Message.Kind.INCOMING, contact__isnull=False).values("contact")
    came = now_on.participants.filter(contact__in=merge.before.get("joined", []))
    came.exclude(contact__in=wrote).delete()


def share_looks(kept: Ticket, gone: Ticket) -> None:
    """Who had seen all of both has seen all of the one they become; to the others it has something new."""
    newest = dict(
        Message.objects.filter(ticket__in=[kept, gone]).values_list("ticket").annotate(Max("pk")).order_by()
    )
    last = max(newest.values(), default=0)
    seen = {(look.user_id, look.ticket_id): look.message_id for look in looks_at(kept, gone)}
    users = {
        user
        for user, _ticket in seen
        if all(seen.get((user, ticket.pk), 0) >= newest.get(ticket.pk, 0) for ticket in (kept, gone))
    }
    LastLook.objects.filter(ticket=kept, user__in=users, message_id__lt=last).update(message_id=last)


def looks_at(*tickets: Ticket) -> Any:
    return LastLook.objects.filter(ticket__in=tickets)
