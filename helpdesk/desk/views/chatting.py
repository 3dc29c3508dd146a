"""A line of text into a chat, which is most of what an agent sends: it goes out before anything is read for the page."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest

from helpdesk.desk.asked import read_number
from helpdesk.desk.reading import tell_customer_of_look
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.answering import answer_line
from helpdesk.tickets.markup import marked_up
from helpdesk.tickets.models import Message

# What the composer of a chat sends along. Anything else that is filled in asks for more than a line.
PLAIN = {"csrfmiddlewaretoken", "kind", "text", "client_uuid", "last_seen", "channel", "way"}
OF_A_MAIL = {"known", "to", "cc", "cc_more"}  # its line of recipients, hidden while the way is another


def answer_at_once(request: HttpRequest, pk: int) -> Message | None:
    """Send the composer's line. None, and nothing is sent, where it is more than that, or can't be sent: then the usual way
    decides."""
    form, way = request.POST, read_number(request.POST.get("way", ""))
    known = PLAIN | (OF_A_MAIL if way else set())
    is_more = request.FILES or any(form[name] for name in form.keys() - known)
    if (
        is_more
        or form.get("kind", "reply") != "reply"
        or form.get("channel", "") not in ("", Inbox.Kind.WEBCHAT)
    ):
        return None
    if form.get("way") and way is None:
        return None
    if marked_up(form.get("text", "")):
        return None
    with suppress(ValueError, Invalid):
        answer = answer_line(
            pk,
            form.get("text", ""),
            by=request.user,
            client_uuid=UUID(form.get("client_uuid", "")),
            last_seen=read_number(form.get("last_seen", "")),
            inbox_id=way,
        )
        if answer:
            tell_customer_of_look(answer.message.ticket, answer.message.pk, answer.browsers)
            return answer.message
    return None
