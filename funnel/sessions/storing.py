"""Sessions and conversations as rows: a person's are replaced where they differ, and left alone where not."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Q

from funnel.models import Edition, SupportConversation, SupportSession
from funnel.sessions.facts import CUSTOMER, Conversation, History, Sending, Session
from funnel.sessions.paths import code_of

MOST_SMALL = 32767  # of a smallint
SESSION = [
    "person",
    "started_at",
    "matures_at",
    "channel",
    "department",
    "language",
    "tags",
    "path",
    "views",
    "articles",
    "is_bot_answered",
    "tickets",
]
CONVERSATION = [
    "ticket",
    "person",
    "channel",
    "department",
    "language",
    "tags",
    "is_spam",
    "started_by",
    "started_at",
    "is_open",
    "is_bot_answered",
    "queued_at",
    "replied_at",
    "first_response",
    "first_response_business",
    "first_replier",
    "last_replier",
    "repliers",
    "closed_at",
    "closed_by",
    "closer",
    "time_to_close",
    "time_to_close_business",
    "agent_closes",
    "asked_at",
    "rating",
    "rated_at",
]
# The moments by whose days a conversation is counted.
MOMENTS = [
    CONVERSATION.index(f"{name}_at") for name in ("started", "queued", "replied", "closed", "asked", "rated")
]
STARTED = SESSION.index("started_at")
ARRAYS = ("tags", "articles", "tickets")

Row = tuple[Any, ...]


def row_of_session(session: Session) -> Row:
    """Its values in the order of SESSION. The path is the settled one: what is pending now, `matures_at` says later."""
    return (
        session.person,
        session.started_at,
        session.matures_at,
        session.channel,
        session.department,
        session.language[:10],
        session.tags,
        code_of(session.settled_path),
        min(session.views, MOST_SMALL),
        tuple(sorted(str(article)[:40] for article in session.articles)),
        session.is_bot_answered,
        session.tickets,
    )


def row_of_conversation(conversation: Conversation) -> Row:
    c = conversation
    return (
        c.ticket,
        c.person,
        c.channel,
        c.department,
        c.language[:10],
        c.tags,
        False,
        c.started_by,
        c.started_at,
        c.is_open,
        c.bot_answered_at is not None,
        c.queued_at,
        c.replied_at,
        c.first_response,
        c.first_response_business,
        c.first_replier,
        c.last_replier,
        len(c.repliers),
        c.closed_at,
        c.closed_by or "",
        c.closer,
        c.time_to_close,
        c.time_to_close_business,
        min(c.agent_closes, MOST_SMALL),
        c.asked_at,
        c.rating,
        c.rated_at,
    )


def row_of_spam(spam: Sending) -> Row:
    """A conversation of which nothing is counted but that it was spam."""
    known = {
        "ticket": spam.ticket,
        "person": spam.person,
        "channel": spam.channel,
        "department": spam.department,
        "language": spam.language[:10],
        "tags": spam.tags,
        "is_spam": True,
        "started_by": CUSTOMER,
        "started_at": spam.at,
        "is_open": False,
        "is_bot_answered": False,
        "repliers": 0,
        "closed_by": "",
        "agent_closes": 0,
    }
    return tuple(known.get(column) for column in CONVERSATION)


def store_people(facts: Edition, keys: Collection[str], history: History) -> set[datetime]:
    """Let the rows of these people be what `history` says of them; people it knows nothing of lose theirs.

    Returns the moments, old and new ones, by whose days anything that changed is counted. Call it in a transaction, and
    mark those days in the same.
    """
    conversations = [*map(row_of_conversation, history.conversations), *map(row_of_spam, history.spam)]
    tickets = [row[0] for row in conversations]
    changed_sessions = replace_rows(
        SupportSession,
        SESSION,
        Q(edition=facts, person__in=keys),
        map(row_of_session, history.sessions),
        facts,
    )
    changed_conversations = replace_rows(
        SupportConversation,
        CONVERSATION,
        # A ticket may have been another person's until now.
        Q(edition=facts, person__in=keys) | Q(edition=facts, ticket__in=tickets),
        conversations,
        facts,
    )
    moments = {row[STARTED] for row in changed_sessions}
    moments |= {row[place] for row in changed_conversations for place in MOMENTS}
    return moments - {None}


def replace_rows(
    model: type[models.Model], columns: list[str], condition: Q, wanted: Iterable[Row], facts: Edition
) -> set[Row]:
    """Remove the stored rows that are not wanted any more and add those that are new. Returns both."""
    fresh = set(wanted)
    gone: dict[int, Row] = {}
    as_stored = reader_of(columns)
    for pk, *values in model._default_manager.filter(condition).values_list("pk", *columns):
        row = as_stored(values)
        if row in fresh:
            fresh.remove(row)
        else:
            gone[pk] = row
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    if fresh:
        copy_rows(model, ["edition_id", *columns], ((facts.pk, *row) for row in fresh))
    return fresh | set(gone.values())


def reader_of(columns: list[str]) -> Callable[[list[Any]], Row]:
    """A function from a stored row's values to a Row: lists can't be compared in a set."""
    arrays = [columns.index(name) for name in ARRAYS if name in columns]

    def read(values: list[Any]) -> Row:
        for place in arrays:
            values[place] = tuple(values[place])
        return tuple(values)

    return read


def copy_rows(model: type[models.Model], columns: list[str], rows: Iterable[Row]) -> None:
    """COPY takes a third of the time of INSERT here. Arrays go as lists: a tuple would be a composite."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([list(value) if isinstance(value, tuple) else value for value in row])
