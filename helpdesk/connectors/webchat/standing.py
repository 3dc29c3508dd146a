"""How it stands with a visitor's conversation: somebody is there or not, the queue, what was read, what may be rated."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.connectors.webchat.look import text_in
from helpdesk.connectors.webchat.overload import PLACE_HIDDEN, overload_now
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.connectors.webchat.waiting import (
    Absence,
    Queue,
    absence_of,
    is_offered_other_ways,
    queue_of,
)
from helpdesk.people.models import Contact
from helpdesk.tickets.models import LastLook, Ticket
from helpdesk.tickets.thumbs import thumb_of

CHOSEN = "asked_for"  # the ticket's attribute: what its visitor chose instead of waiting
CALL, MAIL, WAIT = "call", "mail", "wait"


@dataclass(frozen=True)
class Standing:
    """What the notice above the composer is drawn from."""

    absence: Absence | None = None
    queue: Queue | None = None
    offers: bool = False
    hides_place: bool = False  # so many wait that a number would only frighten
    chosen: str = ""
    contact: Contact | None = None


def standing_of(visit: Visit, ticket: Ticket | None) -> Standing:
    """`ticket`: the visitor's open one. Somebody who was answered, and has said nothing since, needs no notice."""
    if ticket and not ticket.waiting_since:
        return Standing()
    contact = ticket.contact if ticket else None
    chosen = ticket.attributes.get(CHOSEN, "") if ticket else ""
    if chosen in (CALL, MAIL) and not ticket.first_replied_at:
        return Standing(chosen=chosen, contact=contact)
    department = ticket.department_id if ticket else visit.inbox.department_id
    if absence := absence_of(department):
        return Standing(absence=absence, contact=contact)
    if ticket is None or (visit.inbox.options or {}).get("shows_wait") is False:
        return Standing()
    queue = queue_of(ticket)
    if queue is None:
        return Standing(contact=contact)
    overload = overload_now()
    offers = is_offered_other_ways(ticket, queue, overload)
    return Standing(queue=queue, offers=offers, hides_place=overload >= PLACE_HIDDEN, contact=contact)


def last_ticket(visit: Visit) -> Ticket | None:
    """The visitor's last conversation, open or not."""
    tickets = visit.tickets().real().filter(merged_into=None).select_related("contact")
    return tickets.order_by("-last_message_at", "-id").first()


def open_ticket(visit: Visit) -> Ticket | None:
    """The visitor's conversation that goes on."""
    last = last_ticket(visit)
    return last if last and not last.is_finished else None


def as_json(visit: Visit) -> dict[str, Any]:
    """What the widget shows beside the messages.

    `notice` is HTML; `waits` says that it changes by itself, so ask again soon; `is_answered` that somebody of the team
    is in the conversation, so there is little to ask; `asks` is the question that goes with the field for an address;
    `read` is the newest message that the team has seen, `thumb` up, down or "".
    """
    last = last_ticket(visit)
    ticket = last if last and not last.is_finished else None
    is_answered = bool(ticket and ticket.first_replied_at)
    standing = standing_of(visit, ticket)
    with translation.override(visit.language):
        return {
            "notice": notice(visit, standing).strip(),
            "waits": bool(ticket and ticket.waiting_since) and bool(standing.absence or not is_answered),
            "is_answered": is_answered,
            "asks": str(_("To which address shall we send our answer?")) if standing.absence else "",
            "read": read_up_to(visit),
            "thumb": thumb_of(last) if last else "",
        }


def notice(visit: Visit, standing: Standing) -> str:
    """HTML for the visitor; "" where there is nothing to say. In the language that is active."""
    return render_to_string("webchat/_notice.html", notice_context(visit, standing))


def notice_context(visit: Visit, standing: Standing) -> dict[str, Any]:
    away_text = text_in(visit.inbox.options or {}, "away_text", visit.language)
    back_at = standing.absence and standing.absence.back_at
    return {
        "standing": standing,
        "away_text": away_text,
        "inbox": visit.inbox,
        "back": back_words(back_at) if back_at else "",
    }


def back_words(moment: datetime) -> str:
    """The moment as a time element. Its words name the team's time zone; scripts put the visitor's own in their place."""
    days = "l, H:i T" if moment - clock.now() < timedelta(days=6) else "l j F, H:i T"
    return format_html(
        '<time data-back datetime="{}">{}</time>', moment.isoformat(), date_format(moment, days)
    )


def read_up_to(visit: Visit) -> int:
    looks = LastLook.objects.filter(ticket__in=visit.tickets())
    return looks.aggregate(newest=Max("message_id"))["newest"] or 0
