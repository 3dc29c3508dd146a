"""Whom a fact about a ticket is news to: its agent, whoever a note names, the department of a new one.

Nobody is told of what they did themselves, have seen already, or may not see.
"""

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.events.telling import hears
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.people.models import User
from helpdesk.prepared import fetch
from helpdesk.tickets.models import LastLook, Message, Ticket
from helpdesk.tickets.text import snippet_of

Kind, Reason = Notice.Kind, Notice.Reason
HEAR_OF_NEW = "SELECT EXISTS (SELECT FROM notices_noticehabits WHERE choices ? %s)"
WITH_AGENT = """SELECT FROM tickets_ticket t WHERE t.id = %s AND t.assignee_id IS NOT NULL AND NOT t.is_spam AND NOT EXISTS (
    SELECT FROM notices_notice n
    WHERE n.user_id = t.assignee_id AND n.ticket_id = t.id AND n.kind = %s AND n.read_at IS NULL)"""
OF_TICKETS = {
    names.TICKET_ASSIGNED,
    names.TICKET_WOKEN,
    names.MESSAGE_RECEIVED,
    names.MESSAGE_NOTED,
}


def facts_that_matter() -> set[str]:
    """New tickets only where anybody asked to hear of them: asked for nearly every fact, in plain SQL."""
    [(wanted,)] = fetch(connection, HEAR_OF_NEW, [Kind.NEW_TICKET.value])
    return OF_TICKETS | {names.TICKET_QUEUED} if wanted else OF_TICKETS


@hears(*OF_TICKETS, names.TICKET_QUEUED, now=facts_that_matter)
def on_event(event: Event) -> None:
    """Listener: write the notices of this fact; the same fact twice writes them once."""
    TOLD_BY[event.name](event)


def tell_of_message(event: Event) -> None:
    """The agent who has the ticket, once until they look; nothing of what machines write."""
    if event.data.get("automatic") or not may_be_news(event.ticket_id):
        return
    seen = LastLook.objects.filter(
        ticket=OuterRef("ticket"), user=OuterRef("ticket__assignee"), message_id__gte=OuterRef("pk")
    )
    wanted = Message.objects.filter(pk=event.data["message"], ticket__is_spam=False)
    wanted = wanted.filter(~Exists(seen), ticket__assignee__is_active=True)
    message = wanted.select_related("ticket__assignee").first()
    if message:
        tell(
            message.ticket, [message.ticket.assignee], Kind.CUSTOMER_WROTE, Reason.ASSIGNEE, text=message.text
        )


def may_be_news(ticket_id: int) -> bool:
    """Whether somebody has the ticket who has no such notice waiting: every message of a customer asks it."""
    return bool(fetch(connection, WITH_AGENT, [ticket_id, Kind.CUSTOMER_WROTE.value]))


def tell_of_assignment(event: Event) -> None:
    """Who has it now; handing over tells of itself."""
    if event.data.get("handover") or event.data["to"] is None or is_own(event, event.data["to"]):
        return
    users = User.objects.agents().filter(pk=event.data["to"])
    if ticket := Ticket.objects.filter(pk=event.ticket_id, assignee=event.data["to"]).first():
        tell(ticket, users, Kind.ASSIGNED, Reason.ASSIGNEE, key=f"event:{event.pk}", text=ticket.last_snippet)


def tell_of_waking(event: Event) -> None:
    """Its agent, where time woke it: an answer of the customer tells of itself."""
    if event.data.get("reason") != "due":
        return
    ticket = (
        Ticket.objects.filter(pk=event.ticket_id, assignee__is_active=True).select_related("assignee").first()
    )
    if ticket:
        tell(
            ticket,
            [ticket.assignee],
            Kind.WOKEN,
            Reason.ASSIGNEE,
            key=f"event:{event.pk}",
            text=ticket.last_snippet,
        )


def tell_of_note(event: Event) -> None:
    """Whoever it names, those of a department that it names, and the ticket's agent."""
    if Event.objects.filter(
        ticket=event.ticket_id, name=names.TICKET_HANDED_OVER, data__note=event.data["message"]
    ).exists():
        return
    note = Message.objects.filter(pk=event.data["message"]).select_related("ticket__assignee").first()
    if note is None:
        return
    named = [
        user for user in may_see(event.data.get("mentions", ()), note.ticket) if not is_own(event, user.pk)
    ]
    members = [
        user for user in may_see(event.data.get("members", ()), note.ticket) if not is_own(event, user.pk)
    ]
    key = f"message:{note.pk}"
    tell(note.ticket, named, Kind.MENTIONED, Reason.MENTIONED, key=key, text=note.text)
    tell(note.ticket, members, Kind.MENTIONED, Reason.DEPARTMENT, key=key, text=note.text)
    agent = note.ticket.assignee
    if agent and agent.is_active and agent not in [*named, *members] and not is_own(event, agent.pk):
        tell(note.ticket, [agent], Kind.NOTED, Reason.ASSIGNEE, key=key, text=note.text)


def tell_of_new(event: Event) -> None:
    """Those who asked for it: of the department that has the ticket; of one without a department, everybody."""
    ticket = Ticket.objects.filter(pk=event.ticket_id, assignee=None, is_spam=False).first()
    if ticket is None:
        return
    users = User.objects.agents().filter(notice_habits__choices__has_key=Kind.NEW_TICKET.value)
    users = users.filter(departments=ticket.department_id) if ticket.department_id else users
    reason = Reason.MEMBER if ticket.department_id else Reason.EVERYBODY
    wanted = [user for user in users if not is_own(event, user.pk)]
    tell(ticket, wanted, Kind.NEW_TICKET, reason, key=f"ticket:{ticket.pk}", text=ticket.last_snippet)


TOLD_BY = {
    names.MESSAGE_RECEIVED: tell_of_message,
    names.TICKET_ASSIGNED: tell_of_assignment,
    names.TICKET_WOKEN: tell_of_waking,
    names.MESSAGE_NOTED: tell_of_note,
    names.TICKET_QUEUED: tell_of_new,
}


def tell(
    ticket: Ticket, users: Iterable[User], kind: Kind, reason: Reason, *, text: str, key: str = ""
) -> None:
    """Without a `key` there is one notice of this kind for the ticket; read, it comes again."""
    with transaction.atomic():
        notify(
            users,
            kind,
            key=key or f"ticket:{ticket.pk}",
            title=f"#{ticket.pk} {ticket.subject}".strip(),
            text=snippet_of(text),
            url=f"/desk/tickets/{ticket.pk}/",
            ticket_id=ticket.pk,
            reason=reason,
            renews=not key,
        )


def seen_by(user: User, ticket_ids: Iterable[int]) -> set[int]:
    """Those of these tickets that this person may see now."""
    return set(Ticket.objects.visible_to(user).filter(pk__in=ticket_ids).values_list("pk", flat=True))


def is_own(event: Event, user_id: int) -> bool:
    """Whether this person did it."""
    return event.actor_kind == "agent" and event.actor_id == user_id


def may_see(user_ids: Iterable[int], ticket: Ticket) -> list[User]:
    return who_see(User.objects.agents().filter(pk__in=user_ids), ticket)


def who_see(users: Iterable[User], ticket: Ticket) -> list[User]:
    """Those of them who may see the ticket now."""
    return [user for user in users if Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()]


def notices_of(user: User) -> QuerySet[Notice]:
    """Those of the ticket of the query around it that this agent has not read."""
    return Notice.objects.filter(user=user, ticket_id=OuterRef("pk"), read_at=None)


def read_notices(ticket: Ticket, user: User) -> None:
    """The agent opens the ticket: with that they have read all notices of it."""
    Notice.objects.filter(user=user, ticket_id=ticket.pk, read_at=None).update(read_at=clock.now())
