"""A ticket goes from one hand to another, with a word about why, also in the middle of a chat."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.inboxes.models import Inbox
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket, refuse_merged, transfer_ticket
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.surveys import language_of
from helpdesk.tickets.writing import add_note

TELLS = "tells_handover"  # option of a chat inbox: whether its visitors read who helps them now
HANDOVER = "handover"  # Message.thread_reason of that line


def hand_over_ticket(
    ticket: Ticket, *, department: Any, to: User | None, note: str = "", by: Actor, is_undo: bool = False
) -> Ticket:
    """Move the ticket to a department (a routing.Department, or None) and to a member of the team, or to nobody, in one
    step, and keep the note why. Returns the fresh ticket.

    Whoever has it now gets a notice; a chat's visitor reads who helps them from here on, where the inbox says so.
    Raises Invalid where it stays with whom it is, or `to` may not see it there. The parts it is made of (moved,
    assigned, noted) are facts of their own, so that triggers and figures hear of them as ever.
    """
    with transaction.atomic():
        before = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        refuse_merged(before)
        wanted = (department.pk if department else None, to.pk if to else None)
        if wanted == (before.department_id, before.assignee_id):
            raise Invalid(_("It is there already: choose somebody else."), field="assignee")
        begun = clock.now()  # what it does besides stands below its own line
        fresh = transfer_ticket(before, to=department, by=by, handover=True)
        fresh = assign_ticket(fresh, to=to, by=by, handover=True)
        why = add_note(fresh, note, by=by, mentions=[to] if to else []) if note.strip() else None
        told = tell_visitor(fresh)
        event = record(
            names.TICKET_HANDED_OVER,
            by=by,
            ticket=fresh,
            data={
                "from": before.assignee_id,
                "to": fresh.assignee_id,
                "department_from": before.department_id,
                "department_to": fresh.department_id,
                "note": why.pk if why else None,
                "message": told.pk if told else None,
                "undo": is_undo,
            },
            occurred_at=begun,
        )
        if not is_undo:
            tell_team(fresh, event, note, by)
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def take_back(ticket: Ticket, *, by: Actor) -> Ticket:
    """Undo the last handing over: it is again with whom it was. Raises Invalid where there is none, it went on, or it was
    taken back already: a second press of Undo must not hand it over again."""
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    last = Event.objects.filter(ticket=ticket.pk, name=names.TICKET_HANDED_OVER).order_by("-pk").first()
    held = (ticket.department_id, ticket.assignee_id)
    if last is None or last.data["undo"] or held != (last.data["department_to"], last.data["to"]):
        raise Invalid(_("It has gone on since: hand it over again."), field="assignee")
    department = Ticket._meta.get_field("department").related_model.objects.filter(
        pk=last.data["department_from"]
    )
    to = User.objects.agents().filter(pk=last.data["from"])
    return hand_over_ticket(ticket, department=department.first(), to=to.first(), by=by, is_undo=True)


def tell_visitor(ticket: Ticket) -> Message | None:
    """A line in the widget's thread; nobody typed it, so no figure counts it as an answer."""
    if not is_told(ticket):
        return None
    with translation.override(language_of(ticket)):
        words = words_for_visitor(ticket)
    if not words:
        return None
    now, chat = clock.now(), ticket.inbox
    return Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.OUTGOING,
        inbox=chat,
        channel=chat.kind,
        author_kind=SYSTEM.kind,
        contact=ticket.contact,
        text=words,
        thread_reason=HANDOVER,
        is_automatic=True,
        state=Message.State.SENT,
        created_at=now,
        released_at=now,
        sent_at=now,
        read_at=now,  # it is news for who looks, nothing to call anybody back for
    )


def is_told(ticket: Ticket) -> bool:
    """Whether its customer reads in the chat who helps them from now on."""
    return ticket.inbox.kind == Inbox.Kind.WEBCHAT and bool(ticket.inbox.options.get(TELLS, True))


def words_for_visitor(ticket: Ticket) -> str:
    """Who helps from now on. A restricted department's name is not for customers."""
    agent, department = ticket.assignee, ticket.department
    team = department.name if department and not department.is_restricted else ""
    if agent and team:
        return _("You are now talking with %(agent)s from %(team)s.") % {"agent": agent, "team": team}
    if agent:
        return _("You are now talking with %(agent)s.") % {"agent": agent}
    return _("Your conversation is with %(team)s now.") % {"team": team} if team else ""


def tell_team(ticket: Ticket, event: Event, note: str, by: Actor) -> None:
    """Who has it now; where that is nobody, the department."""
    title = format_lazy(gettext_lazy("{who} handed #{ticket} over to you"), who=by.name, ticket=ticket.pk)
    notify(
        [user for user in receivers_of(ticket) if user.pk != by.id],
        Notice.Kind.HANDED_OVER,
        key=f"handover:{event.pk}",
        title=title,
        text=note.strip()[:1000] or ticket.subject,
        url=f"/desk/tickets/{ticket.pk}/",
        ticket_id=ticket.pk,
        reason=Notice.Reason.ASSIGNEE if ticket.assignee else Notice.Reason.MEMBER,
    )


def receivers_of(ticket: Ticket) -> Iterable[User]:
    if ticket.assignee:
        return [ticket.assignee]
    return ticket.department.members.filter(is_active=True) if ticket.department else []
