"""How far an answer is, in words: who has it, who waits, and how long it can still be taken back."""

from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Delivery, Message, Ticket
from helpdesk.tickets.ways import inbox_of_answer

STATES = {
    "queued": ("clock", lambda: _("Waiting to be sent")),
    "sending": ("clock", lambda: _("Being sent")),
    "sent": ("check", lambda: _("Sent")),
    "delivered": ("check-check", lambda: _("Delivered")),
    "read": ("check-check", lambda: _("Read")),
    "failed": ("circle-alert", lambda: _("Not delivered")),
}
TROUBLE = (Delivery.State.FAILED, Delivery.State.DELAYED)


def state_icon(message: Message) -> str:
    return STATES[message.state][0]


def state_words(message: Message) -> str:
    """*Not delivered*; with several recipients, to how many of them. `message` is ready to draw (timeline.py)."""
    failed = sum(one["state"] == Delivery.State.FAILED for one in message.recipients)
    if message.state != Message.State.FAILED or not failed or len(message.recipients) < 2:
        return STATES[message.state][1]()
    words = ngettext(
        "Not delivered to %(failed)s of %(count)s", "Not delivered to %(failed)s of %(count)s", failed
    )
    return words % {"failed": failed, "count": len(message.recipients)}


def can_retry(message: Message) -> bool:
    """As `delivery.retriable`. `message` is ready to draw (timeline.py)."""
    waits = message.state == Message.State.QUEUED
    is_lost = any(one["state"] == Delivery.State.FAILED for one in message.recipients)
    return message.state == Message.State.FAILED or (waits and is_lost)


def troubled(message: Message) -> list[dict[str, str]]:
    """The recipients worth a line of their own. A single one's failure stands in the message's words already."""
    rows = message.recipients
    lines = [row for row in rows if row["state"] in TROUBLE or row["state"] == "queued" and row["error"]]
    if len(rows) == 1:
        lines = [row for row in lines if row["state"] == Delivery.State.DELAYED]
    return [row | {"words": Delivery.State(row["state"]).label} for row in lines]


def seconds_to_undo(message: Message) -> int:
    """How long the answer still waits in its undo window; 0 once it is over, or where there is none."""
    if message.released_at or message.state != Message.State.QUEUED or message.next_attempt_at is None:
        return 0
    return max(0, ceil((message.next_attempt_at - clock.now()).total_seconds()))


def undo_seconds_for(ticket: Ticket, way: Inbox | None = None) -> int:
    """A mail can be taken back for as long as the workspace says; in a chat the other side waits. `way`: the inbox that
    was chosen."""
    return Workspace.get().undo_seconds if (way or inbox_of_answer(ticket)).kind == Inbox.Kind.EMAIL else 0
