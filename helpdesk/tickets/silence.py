"""The bot closes what it has answered when nothing is heard for the workspace's hours of silence (metrics.md, 2)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.models import Workspace
from helpdesk.tickets.actions import close_by_bot
from helpdesk.tickets.models import Ticket

# Where no sweep ran for longer, or the bot was off, nobody expects a close any more: the team looks at it.
REACH = timedelta(days=3)
AT_ONCE = 500
# Any of these after the bot's answer, and it is not the bot's to close, or not yet.
WORDS = (
    names.BOT_ANSWERED,
    names.BOT_ASKED,
    names.BOT_HANDED_OVER,
    names.MESSAGE_RECEIVED,
    names.MESSAGE_REPLIED,
    names.TICKET_QUEUED,
    names.TICKET_REOPENED,
)


def close_silent() -> int:
    """Close every conversation in which the bot's answer has been the last word for long enough. How many it was.

    Each in a transaction of its own; one that somebody else is working on is left to the next sweep.
    """
    due = silent_tickets().values_list("pk", flat=True)[:AT_ONCE]
    return sum(close_if_silent(pk) for pk in list(due))


def close_if_silent(ticket_id: int) -> bool:
    """Asked again with the row locked: whoever had it before may have heard something in the meantime."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=ticket_id).first()
        if ticket is None or not silent_tickets().filter(pk=ticket_id).exists():
            return False
        close_by_bot(ticket, reason="silence")
    return True


def silent_tickets() -> QuerySet[Ticket]:
    """Open ones, not in the hands of people, whose last word is an answer of the bot, old enough."""
    last = clock.now() - timedelta(hours=Workspace.get().bot_silence_hours)
    answers = Event.objects.filter(
        ~Exists(words_after_it()),
        name=names.BOT_ANSWERED,
        occurred_at__lte=last,
        occurred_at__gt=last - REACH,
    )
    return Ticket.objects.unfinished().filter(
        queued_at=None, assignee=None, pk__in=answers.values("ticket_id")
    )


def words_after_it() -> QuerySet[Event]:
    """What came after an event on its ticket and breaks the silence; a machine's own mail does not."""
    later = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(
        occurred_at=OuterRef("occurred_at"), pk__gt=OuterRef("pk")
    )
    words = Event.objects.filter(later, ticket=OuterRef("ticket"), name__in=WORDS)
    return words.exclude(name=names.MESSAGE_RECEIVED, data__contains={"automatic": True})
