"""A message as it stands in the conversation: drawn once, and kept while nothing of it has changed."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from helpdesk.desk.sending import can_retry, seconds_to_undo
from helpdesk.drawing.kept import Drawings
from helpdesk.people.models import User
from helpdesk.tickets.models import Message

register = template.Library()
drawings = Drawings(most=3_000)  # of some 3 kB each


@register.simple_tag(takes_context=True)
def bubble(context: Context, message: Message) -> SafeString:
    """`message` is ready to draw (timeline.py). All that it is drawn from is the key under which it is kept: one that was
    changed, sent, read or redacted, or is drawn for another reader, is drawn anew."""
    if not is_plain(message):
        return draw(context, message)
    token = str(context.get("csrf_token") or "")
    drawn = drawings.get(all_of(message, context.get("user")), token, lambda: draw(context, message))
    return mark_safe(drawn)  # noqa: S308  as the template has drawn it


def is_plain(message: Message) -> bool:
    """Whether its own row is all that is drawn: no files, no rating, no call, and nothing that runs out or is pressed."""
    read = message._state.fields_cache
    return not (
        getattr(message, "has_files", True)
        or read.get("survey", message)
        or read.get("call", message)
        or message.kind == Message.Kind.COPY
        or message.thread_reason == "unreadable"
        or seconds_to_undo(message)
        or can_retry(message)
    )


def all_of(message: Message, user: User | None) -> tuple[object, ...]:
    """Every column of it and what was read with it, who wrote it, and what its reader is."""
    row = [value for name, value in message.__dict__.items() if name[0] != "_"]
    writer = str(message.user) if message.user_id else ""
    return row, writer, bool(user and user.is_admin), get_language(), get_current_timezone_name()


def draw(context: Context, message: Message) -> SafeString:
    found = context.template.engine.get_template("desk/_message.html")
    with context.push(message=message):
        return found.render(context)
