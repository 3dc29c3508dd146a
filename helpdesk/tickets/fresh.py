"""Messages that this process has just stored, kept for a moment: whoever is told of one in the same process draws it
without asking the database for what was written there a millisecond ago.

Kept by the fact that told of them, since a later fact (it was sent, read, rated) tells of a message that has changed."""

from collections import OrderedDict
from time import monotonic

from helpdesk.tickets.models import Attachment, Message

KEPT_FOR = 3.0  # seconds
MOST = 200
kept: OrderedDict[int, tuple[float, Message]] = OrderedDict()


def keep_fresh(event_id: int, message: Message) -> None:
    """`message` was stored with this fact and is no more than its text: nobody has attached, rated or delivered anything
    of it. It can be drawn as if `desk.timeline.ready_to_draw` had read it."""
    kept[event_id] = (monotonic(), as_it_stands(message))
    while len(kept) > MOST:
        kept.popitem(last=False)


def fresh_message(event_id: int | None) -> Message | None:
    """The message where this fact of it was written here a moment ago; None for any other."""
    stored_at, message = kept.get(event_id, (0.0, None))
    return message if message and monotonic() - stored_at < KEPT_FOR else None


def is_as_it_stands(message: Message) -> bool:
    """Whether this is the very object that was stored, and kept: it has all that its bubble prints."""
    return getattr(message, "stands", False)


def as_it_stands(message: Message) -> Message:
    none = Attachment.objects.none()
    none._result_cache = []
    message._prefetched_objects_cache = {"attachments": none}
    message._state.fields_cache.setdefault("user", None)
    message._state.fields_cache["survey"] = None
    message.raw_id, message.is_unreadable, message.recipients = None, False, []
    message.stands = True
    return message
