"""An answer by mail to those who are on the ticket, as most are: stored before anything is read for the page."""

from contextlib import suppress
from uuid import UUID

from django.http import QueryDict

from helpdesk.asked import read_number
from helpdesk.desk.addressing import chosen_in
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.answering_by_mail import answer_by_mail
from helpdesk.tickets.markup import marked_up
from helpdesk.tickets.models import Message
from helpdesk.tickets.participants import Recipients
from helpdesk.tickets.shortcuts.placeholders import unfilled_in

# What the composer of a mail sends along. Anything else that is filled in asks for more than an answer.
PLAIN = {"csrfmiddlewaretoken", "kind", "text", "client_uuid", "last_seen", "channel", "then"}
PLAIN |= {"known", "to", "cc", "cc_more"}


def mail_at_once(form: QueryDict, ticket_id: int, *, by: User) -> Message | None:
    """Store what the composer has. None, and nothing is stored, where it is more than that, or can't be sent: then the usual
    way decides."""
    text = form.get("text", "")
    if is_more_than_an_answer(form) or unfilled_in(text):
        return None
    with suppress(ValueError, Invalid):
        return answer_by_mail(
            ticket_id,
            text,
            by=by,
            html=marked_up(text.strip()),
            client_uuid=UUID(form.get("client_uuid", "")),
            last_seen=read_number(form.get("last_seen", "")),
            chosen=Recipients(*chosen_in(form)) if "known" in form else None,
            closes=form.get("then") == "close",
        )
    return None


def is_more_than_an_answer(form: QueryDict) -> bool:
    return (
        any(form[name] for name in form.keys() - PLAIN)
        or form.get("kind", "reply") != "reply"
        or form.get("channel", "") not in ("", Inbox.Kind.EMAIL)
    )
