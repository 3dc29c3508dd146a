"""Messages that this process has just stored, kept for a moment: whoever is told of one in the same process draws it
without asking the database for what was written there a millisecond ago."""

from collections import OrderedDict
from time import monotonic

from helpdesk.tickets.models import Message

KEPT_FOR = 3.0  # seconds
MOST = 200
kept: OrderedDict[int, tuple[float, Message]] = OrderedDict()


def keep_fresh(message: Message) -> None:
    """`message` has all that its bubble prints, as `desk.timeline.ready_to_draw` would read it."""
    kept[message.pk] = (monotonic(), message)
    while len(kept) > MOST:
        kept.popitem(last=False)


def fresh_message(message_id: int | None) -> Message | None:
    """The message where it was stored here a moment ago; None for any other."""
    stored_at, message = kept.get(message_id, (0.0, None))
    return message if message and monotonic() - stored_at < KEPT_FOR else None
