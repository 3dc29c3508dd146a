"""A chat that came to an agent by itself has to be opened in time, or the next agent gets it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.inboxes.models import Inbox
from helpdesk.people.onlookers import onlookers_of, ticket_of
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.models import LastLook, Message, Ticket
from routing.assignment.tracing import MISSED, trace_returned
from routing.models import Department, Placement

MOST_DOUBLED = 10  # a minute has become a day by then
OFFERED = (Inbox.Kind.WEBCHAT,)  # whoever wrote by another way does not sit there and wait


def note_offers(
    tickets: Sequence[Ticket], to: Mapping[int, int], departments: Mapping[int, Department]
) -> None:
    """Remember until when each of these chats has to be opened by whom it was given to (ticket id -> agent id)."""
    now = clock.now()
    rows = [
        Placement(
            ticket_id=ticket.pk,
            offered_to_id=to[ticket.pk],
            offered_at=now,
            accept_by=now + time_to_open(ticket, to[ticket.pk], departments[ticket.department_id]),
        )
        for ticket in tickets
        if ticket.channel in OFFERED and departments[ticket.department_id].accept_seconds
    ]
    Placement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=["offered_to", "offered_at", "accept_by"],
    )


def time_to_open(ticket: Ticket, agent: int, department: Department) -> timedelta:
    """Twice as long each time that they have let it pass: where nobody else is there it comes back to whoever left the desk
    open and went home, and every coming back is told."""
    placement = getattr(ticket, "placement", None)
    passed = placement.missed.count(agent) if placement else 0
    return timedelta(seconds=department.accept_seconds * 2 ** min(passed, MOST_DOUBLED))


def end_due_offers() -> set[int]:
    """Take back what was not opened in time. The departments (ids) in which something waits again."""
    due = Placement.objects.filter(accept_by__lte=clock.now()).order_by("accept_by")
    ended = (end_offer(pk) for pk in list(due.values_list("pk", flat=True)))
    return {department for department in ended if department}


@transaction.atomic
def end_offer(ticket_id: int) -> int | None:
    """The department of one that waits again; None where it was opened, or went on otherwise. Ticket before placement, as
    every round locks them."""
    ticket = Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket_id).first()
    offer = Placement.objects.select_for_update(of=("self",)).filter(pk=ticket_id).first()
    if ticket is None or offer is None or offer.accept_by is None or offer.accept_by > clock.now():
        return None
    agent, offer.accept_by = offer.offered_to, None
    if agent is None or ticket.assignee_id != agent.pk or was_opened(ticket, agent.pk):
        offer.save(update_fields=["accept_by"])
        return None
    offer.missed = [*offer.missed, agent.pk]
    offer.save(update_fields=["accept_by", "missed"])
    spent = round((clock.now() - offer.offered_at).total_seconds())
    record(names.OFFER_MISSED, by=SYSTEM, ticket=ticket, value=spent, data={"agent": agent.pk})
    assign_ticket(ticket, to=None, by=SYSTEM)
    trace_returned(ticket.pk, agent=agent.pk, name=str(agent), why=MISSED)
    return ticket.department_id


def was_opened(ticket: Ticket, agent: int) -> bool:
    """They have it before them, have seen what the customer wrote, or it waits for nothing any more."""
    if ticket.waiting_since is None or ticket.is_finished:
        return True
    if agent in onlookers_of([ticket_of(ticket.pk)]).get(ticket_of(ticket.pk), ()):
        return True
    newer = Message.objects.filter(
        ticket=ticket.pk, kind=Message.Kind.INCOMING, pk__gt=OuterRef("message_id")
    )
    return LastLook.objects.filter(~Exists(newer), ticket=ticket.pk, user=agent).exists()


def accept_opened() -> None:
    """What its agent has before them is accepted: later they may look at something else."""
    open_ones = Placement.objects.filter(accept_by__isnull=False)
    offered = dict(open_ones.values_list("pk", "offered_to"))
    looks = onlookers_of([ticket_of(pk) for pk in offered])
    seen = [pk for pk, agent in offered.items() if agent in looks.get(ticket_of(pk), ())]
    Placement.objects.filter(pk__in=seen, accept_by__isnull=False).update(accept_by=None)
