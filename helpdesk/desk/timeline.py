"""A ticket's timeline: messages, notes and events in one order, the newest first to be loaded."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import JSONObject
from django.utils.timezone import localtime

from helpdesk.desk.lines import LINES, Line, Names, line_of
from helpdesk.desk.reading import tell_customer_of_look
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.models import RawMessage
from helpdesk.people.models import User
from helpdesk.people.sight import team_of
from helpdesk.prepared import Prepared
from helpdesk.tickets.models import Attachment, Delivery, LastLook, Message, Survey, Ticket

PAGE = 30
CAME_ALONG = Q(name=names.PARTICIPANT_ADDED, actor_kind="customer") | Q(
    data__has_key="handover"
)  # lines.came_along
# What became of an answer at each recipient, read with the message: dicts of address, state and error.
RECIPIENTS = (
    Delivery.objects.filter(message=OuterRef("pk"))
    .annotate(told=JSONObject(address="address", state="state", error="error"))
    .order_by("pk")
)
MOST_LINES = 200
# Of a message, what its bubble prints or is drawn from.
PRINTED = (
    *("ticket", "kind", "channel", "author_kind", "author_name", "user", "text", "html", "quoted", "to"),
    *("thread_reason", "is_by_newcomer", "is_automatic", "language", "sender_check", "created_at", "choices"),
    *("state", "released_at", "next_attempt_at", "error"),
)
LOOKED = """
INSERT INTO tickets_lastlook AS known (user_id, ticket_id, message_id) VALUES (%s, %s, %s)
ON CONFLICT (user_id, ticket_id) DO UPDATE SET message_id = greatest(known.message_id, excluded.message_id)"""


@dataclass(frozen=True)
class Timeline:
    days: list[tuple[datetime, list[Message | Line]]]  # from midnight, in the time zone of whoever looks
    older: int  # the id of the oldest message here where there are older ones, else 0
    newest: int  # the id of the newest message here, 0 where there is none
    unread_from: int = 0  # the first message the agent has not seen, where it saw some before


def timeline_of(
    ticket: Ticket, *, before: Message | None = None, seen: int | None = None, user: User | None = None
) -> Timeline:
    """The last PAGE messages (of those before the message `before`) with the events between them.

    `user`: for whose page. `seen` is the newest message the agent saw at the last look; the "new" line goes above the first
    message of somebody else after it.
    """
    messages = page_of_messages(ticket, before, user)
    has_older = len(messages) > PAGE
    messages = messages[-PAGE:]
    entries = sorted([*messages, *lines_between(ticket, messages, before, has_older, user)], key=moment_of)
    unread = (message.pk for message in messages if seen and message.pk > seen and message.kind == "incoming")
    return Timeline(
        days=[(day, list(those)) for day, those in groupby(entries, key=day_of)],
        older=messages[0].pk if has_older else 0,
        newest=max((message.pk for message in messages), default=0),
        unread_from=next(unread, 0),
    )


def day_of(entry: Message | Line) -> datetime:
    """Midnight of it; a date alone would be held against the server's today."""
    return localtime(moment_of(entry)).replace(hour=0, minute=0, second=0, microsecond=0)


def page_of_messages(ticket: Ticket, before: Message | None, user: User | None) -> list[Message]:
    edge = {"at": before.created_at, "edge": before.pk} if before else {}
    messages = MESSAGES.rows(ticket=ticket.pk, **edge)[::-1]
    writers = writers_of(messages, user)
    for message in messages:
        message.ticket = ticket
        if message.user_id in writers:
            message.user = writers[message.user_id]
        if not message.has_files:
            message._prefetched_objects_cache = {"attachments": NO_FILES}
        if not message.has_survey:
            message._state.fields_cache["survey"] = None
        if message.channel != "phone":
            message._state.fields_cache["call"] = None
    prefetch_related_objects([message for message in messages if message.has_files], "attachments")
    prefetch_related_objects([message for message in messages if message.has_survey], "survey")
    prefetch_related_objects([message for message in messages if message.channel == "phone"], "call")
    return messages


def writers_of(messages: list[Message], user: User | None) -> dict[int, User]:
    """The teammates who wrote them, by id; on a page of `user` its team is at hand."""
    if user:
        return {one.pk: one for one in team_of(user)}
    return User.objects.in_bulk({message.user_id for message in messages if message.user_id})


def newest_messages(*, ticket: int, at: datetime | None = None, edge: int = 0) -> QuerySet:
    """The newest of those before the message `edge` of the moment `at`, or of all; one more than a page holds. `has_files` and
    `has_survey` say of which these are worth asking for: few have any."""
    messages = with_outcomes(Message.objects.filter(ticket=ticket)).only(*PRINTED)
    if at:
        messages = messages.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=edge))
    has_files = Exists(Attachment.objects.filter(message=OuterRef("pk")))
    has_survey = Exists(Survey.objects.filter(message=OuterRef("pk")))
    messages = messages.annotate(has_files=has_files, has_survey=has_survey)
    return messages.order_by("-created_at", "-id")[: PAGE + 1]


NO_FILES = Attachment.objects.none()
NO_FILES._result_cache = []  # as prefetch_related leaves it: nobody asks
MESSAGES = Prepared(newest_messages)


def ready_to_draw(messages: QuerySet) -> QuerySet:
    """With all that a bubble prints."""
    return with_recipients(messages).prefetch_related("attachments")


def with_recipients(messages: QuerySet) -> QuerySet:
    """And whatever else a bubble prints, but its files."""
    return with_outcomes(messages.select_related("user", "survey", "call"))


def with_outcomes(messages: QuerySet) -> QuerySet:
    """`raw_id`: what came in and became this message; of a note about a mail that can't be read, while it can't.
    `is_unreadable` says that it still is so, `recipients` what became of an answer."""
    raw = RawMessage.objects.filter(message=OuterRef("pk")).order_by("pk")
    waits = raw.filter(outcome=RawMessage.Outcome.QUARANTINED)
    return messages.annotate(raw_id=Subquery(raw.values("pk")[:1]), is_unreadable=Exists(waits)).annotate(
        recipients=ArraySubquery(RECIPIENTS.values_list("told"))
    )


def lines_between(
    ticket: Ticket, messages: list[Message], before: Message | None, has_older: bool, user: User | None
) -> list[Line]:
    span = {"since": messages[0].created_at} if has_older else {}
    span |= {"before": before.created_at} if before else {}
    named = Names(user)
    newest = EVENTS.rows(ticket=ticket.pk, **span)
    return [line_of(event, named) for event in without_replaced_ratings(newest)]


def newest_events(*, ticket: int, since: datetime | None = None, before: datetime | None = None) -> QuerySet:
    events = Event.objects.filter(ticket=ticket, name__in=LINES).exclude(CAME_ALONG)
    if since:
        events = events.filter(occurred_at__gte=since)
    if before:
        events = events.filter(occurred_at__lt=before)
    return events.order_by("-occurred_at", "-id")[:MOST_LINES]


EVENTS = Prepared(newest_events)


def without_replaced_ratings(events: list[Event]) -> list[Event]:
    """The same events, newest first, with the last rating of each survey only: the comment comes as a second one."""
    rated, kept = set(), []
    for event in events:
        survey = event.data.get("survey") if event.name == names.SURVEY_RATED else None
        if survey is None or survey not in rated:
            kept.append(event)
        rated.add(survey)
    return kept


def moment_of(entry: Message | Line) -> datetime:
    return entry.at if isinstance(entry, Line) else entry.created_at


def last_looks(user: User) -> QuerySet:
    """The newest message that this agent had seen, of the ticket of the query around it."""
    return LastLook.objects.filter(ticket=OuterRef("pk"), user=user).values("message_id")[:1]


def note_look(ticket: Ticket, user: User, *, newest: int) -> None:
    """Remember that the agent has seen everything up to the message `newest`; never less than before. The customer of a
    chat sees it under what they wrote."""
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, [user.pk, ticket.pk, newest])
    tell_customer_of_look(ticket, newest)
