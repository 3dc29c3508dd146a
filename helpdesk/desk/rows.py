"""One page of a ticket list, with everything a row shows."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from helpdesk import clock
from helpdesk.desk.drafts import drafters
from helpdesk.desk.piles import Pile, choice_of
from helpdesk.desk.sorting import NEWEST, SORTS, Sort, in_order, page_of, sorted_page
from helpdesk.keyset import KeysetPage
from helpdesk.people.models import User
from helpdesk.people.sight import hidden_from
from helpdesk.prepared import Prepared
from helpdesk.tickets.models import LastLook, Message, Ticket
from helpdesk.tickets.unreadable import UNREADABLE

PAGE = 50
# From when waiting is worth a mark beside the time of the last message, ...
MARK_AFTER = timedelta(hours=1)
# ... as a warning, and as late. What is promised stands there instead.
WARN_AFTER = timedelta(hours=4)
LATE_AFTER = timedelta(hours=24)
# From when what is promised stands beside the time, and from when as a warning.
DUE_WITHIN = timedelta(hours=24)
DUE_SOON = timedelta(hours=1)
# What a row prints or is marked by: reading all the rest of fifty tickets, their customers and agents took longer than drawing.
DRAWN = (
    *("subject", "status", "priority", "channel", "last_message_at", "last_snippet", "waiting_since"),
    *(
        "snoozed_until",
        "is_spam",
        "trashed_at",
        "merged_into",
        "department",
        "contact__name",
        "contact__email",
    ),
    *("assignee__name", "assignee__email", "escalated_at", "escalation_reason", "due_at"),
)


def rows_of(
    tickets: QuerySet, user: User, *, sort: Sort = NEWEST, cursor: str = "", size: int = PAGE
) -> KeysetPage:
    """The next `size` tickets in this order, ready to be drawn: one query."""
    return sorted_page(ready_to_draw(tickets, user), sort, cursor=cursor, size=size)


def first_rows(pile: Pile, user: User, *, sort: Sort, size: int) -> KeysetPage:
    """The first page of a pile that is chosen alike at any time: most of what a desk asks."""
    hidden = tuple(hidden_from(user))
    found = FIRST.rows(pile.key, hidden, sort.name, size, user=user.pk) if user.is_active else []
    return page_of(found, sort, size)


def first_of_pile(key: str, hidden: Sequence[int], sort: str, size: int, *, user: int) -> QuerySet:
    reader = User(pk=user)
    chosen = choice_of(key)(Ticket.objects.outside(hidden), reader)
    return in_order(ready_to_draw(chosen, reader), SORTS[sort])[: size + 1]


FIRST = Prepared(first_of_pile)


def ready_to_draw(tickets: QuerySet, user: User) -> QuerySet:
    # A mail that could not be read is as new to the agent as one that could.
    from_outside = Q(kind=Message.Kind.INCOMING) | Q(kind=Message.Kind.NOTE, thread_reason=UNREADABLE)
    newest = Message.objects.filter(from_outside, ticket=OuterRef("pk")).order_by("-created_at", "-id")
    look = LastLook.objects.filter(ticket=OuterRef("pk"), user=user)
    return (
        tickets.select_related("contact", "assignee")
        .only(*DRAWN)
        .annotate(
            newest_incoming=Subquery(newest.values("pk")[:1], output_field=BigIntegerField()),
            looked_at=Coalesce(Subquery(look.values("message_id")[:1]), 0, output_field=BigIntegerField()),
            drafters=drafters(user),
        )
    )


def is_unread(ticket: Ticket) -> bool:
    """It waits for an answer to something this agent has not seen. For tickets of `ready_to_draw`."""
    return ticket.waiting_since is not None and (ticket.newest_incoming or 0) > ticket.looked_at


def is_due(ticket: Ticket) -> bool:
    """Something is promised that was not kept, or is to be kept within the day: farther off it is no news."""
    return ticket.due_at is not None and ticket.due_at - clock.now() < DUE_WITHIN


def due_tone(ticket: Ticket) -> str:
    left = ticket.due_at - clock.now()
    return "is-bad" if left < timedelta() else "is-warn" if left < DUE_SOON else ""


def is_waiting_long(ticket: Ticket) -> bool:
    return ticket.waiting_since is not None and clock.now() - ticket.waiting_since > MARK_AFTER


def waiting_tone(ticket: Ticket) -> str:
    """How pressing it is that nobody has answered: "", "is-warn" or "is-bad"."""
    return tone_of(clock.now() - ticket.waiting_since)


def tone_of(waited: timedelta) -> str:
    return "is-bad" if waited > LATE_AFTER else "is-warn" if waited > WARN_AFTER else ""
