"""A line of text into a chat, which is most of what an agent sends: it goes out before anything is read for the page.

It comes by the composer's form, or by the socket that the page has open: the same fields, the same checks."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user

from helpdesk.asked import read_number
from helpdesk.desk.reading import tell_customer_of_look
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.answering import Answer, answer_line
from helpdesk.tickets.markup import marked_up
from helpdesk.tickets.models import Message
from helpdesk.tickets.shortcuts.placeholders import unfilled_in

# What the composer of a chat sends along. Anything else that is filled in asks for more than a line.
PLAIN = {"csrfmiddlewaretoken", "kind", "text", "client_uuid", "last_seen", "channel", "way"}
OF_A_MAIL = {"known", "to", "cc", "cc_more"}  # its line of recipients, hidden while the way is another


def answer_at_once(
    form: Mapping[str, str], ticket_id: int, *, by: User, write: Callable[..., Answer | None] = answer_line
) -> Message | None:
    """Send the composer's line. None, and nothing is sent, where it is more than that, or can't be sent: then the usual way
    decides. `write`: answer_line, or what does the same in fewer cases."""
    text, way = form.get("text", ""), read_number(form.get("way", ""))
    if is_more_than_a_line(form, way) or unfilled_in(text) or marked_up(text):
        return None
    with suppress(ValueError, Invalid):
        answer = write(
            ticket_id,
            text,
            by=by,
            client_uuid=UUID(form.get("client_uuid", "")),
            last_seen=read_number(form.get("last_seen", "")),
            inbox_id=way,
        )
        if answer:
            tell_customer_of_look(answer.message.ticket, answer.message.pk, answer.browsers)
            return answer.message
    return None


def is_more_than_a_line(form: Mapping[str, str], way: int | None) -> bool:
    known = PLAIN | (OF_A_MAIL if way else set())
    return (
        any(form[name] for name in form.keys() - known)
        or form.get("kind", "reply") != "reply"
        or form.get("channel", "") not in ("", Inbox.Kind.WEBCHAT)
        or bool(form.get("way") and way is None)
    )


def signed_in(session_key: str | None) -> User | None:
    """Whose session it is now, asked anew as for every request: None for one that was ended, whose password has changed
    since, or who was let go."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    user = get_user(SimpleNamespace(session=store(session_key)))
    return user if user.is_authenticated else None
