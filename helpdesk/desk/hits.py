"""Messages with certain words, newest first, by work that does not grow with the helpdesk.

An index that knows words cannot tell which row is newest. So the index knows the stretches of ids too (helpdesk.lexemes),
and one statement reads stretch after stretch, each four times as long as the one before, until it has enough: a common word
is found at once in the newest thousand messages, and a rare one has few rows wherever they lie.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from helpdesk.lexemes import STRETCHES
from helpdesk.prepared import fetch

# As the index message_found has it, to the letter.
WORDS = "helpdesk_lexemes(CASE WHEN kind = 'incoming' THEN author_name ELSE '' END || ' ' || subject || ' ' || text, id)"
FOUND = f"SELECT id, ticket_id FROM tickets_message WHERE {WORDS} @@ lower(%s)::tsquery AND id < %s"
IN_STRETCH = f" AND {WORDS} @@ %s::tsquery"
OF_TICKETS = " AND ticket_id = ANY(%s)"
SAID = " AND left(subject || ' ' || text, 100000) ~* %s"
# What was found on an earlier page was found by its newest message.
FOUND_BEFORE = f"EXISTS (SELECT 1 FROM tickets_message WHERE ticket_id = hit.ticket_id AND id >= %s AND {WORDS} @@ lower(%s)::tsquery)"
# Hits at a time: whether the agent may see their tickets costs more than finding them. Mostly a page is full with the first.
LOOKED_AT = (80, 400, 1000, 3600)


@dataclass(frozen=True)
class Wanted:
    """`words`: a tsquery; `phrases`: regular expressions that the text has to fit as well."""

    words: str
    phrases: Sequence[str] = ()


@dataclass(frozen=True)
class Hits:
    """Tickets and the newest of their messages that has the words: {ticket id: message id}, newest first.

    `go_on_before`: the message from which on nobody has looked yet; 0 where there is none.
    """

    found: dict[int, int]
    go_on_before: int = 0


def hits_of(
    wanted: Wanted,
    tickets: QuerySet,
    *,
    most: int,
    before: int = 0,
    among: Sequence[int] | None = None,
    looked_at: Sequence[int] = LOOKED_AT,
) -> Hits:
    """At most `most` of `tickets` with a message older than the one with the id `before`.

    Looks at a limited number of messages: where few of their tickets are among `tickets` the answer is short and still
    goes on. `among`: ids of tickets, where few can be meant; then only their messages are looked at. `looked_at`: how many at
    a time.
    """
    found: dict[int, int] = {}
    condition = condition_of(tickets)
    if condition is None:
        return Hits(found)
    end = before or newest_message() + 1
    for most_hits in looked_at:
        hits = read_hits(wanted, condition, end=end, most=most_hits, page_before=before, among=among)
        for message, ticket, fits in hits:
            if fits and ticket not in found:
                if len(found) == most:
                    return Hits(found, min(found.values()))
                found[ticket] = message
        if len(hits) < most_hits:
            return Hits(found)
        end = hits[-1][0]
    return Hits(found, end)


def condition_of(tickets: QuerySet) -> tuple[str, tuple] | None:
    """Whether the ticket of a hit is one of these, as SQL with its parameters. None where Django knows without asking that none is."""
    one = tickets.filter(pk=RawSQL("hit.ticket_id", ())).order_by().values("pk")
    try:
        sql, params = one.query.sql_with_params()
    except EmptyResultSet:
        return None
    return f"(SELECT true FROM ({sql}) AS it LIMIT 1)", tuple(params)


def newest_message() -> int:
    return fetch(connection, "SELECT max(id) FROM tickets_message", ())[0][0] or 0


def read_hits(
    wanted: Wanted,
    condition: tuple[str, tuple],
    *,
    end: int,
    most: int,
    page_before: int,
    among: Sequence[int] | None,
) -> list[tuple[int, int, bool]]:
    """The newest messages with the words before `end`: (message id, ticket id, whether its ticket fits the condition)."""
    hits, params = newest_first(wanted, end, among)
    fits, fits_params = condition
    if page_before:
        fits, fits_params = f"{fits} AND NOT {FOUND_BEFORE}", (*fits_params, page_before, wanted.words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT hit.id, hit.ticket_id, {fits} FROM ({hits} LIMIT %s) AS hit",
            [*fits_params, *params, most],
        )
        return sorted(cursor.fetchall(), reverse=True)


def newest_first(wanted: Wanted, end: int, among: Sequence[int] | None) -> tuple[str, list[Any]]:
    """The statement that reads the hits before `end` from the newest on, and its parameters."""
    said = SAID * len(wanted.phrases)
    if among is not None:
        words = [wanted.words, end, list(among), *wanted.phrases]
        return f"{FOUND}{OF_TICKETS}{said} ORDER BY id DESC", words
    parts, params = [], []
    for stretch, begin_of_newer in stretches_before(end):
        within = IN_STRETCH if stretch else ""
        parts.append(f"(SELECT id, ticket_id FROM ({FOUND}{within}{said} ORDER BY id DESC) AS newest)")
        params += [wanted.words, begin_of_newer, *([stretch] if stretch else ()), *wanted.phrases]
    return " UNION ALL ".join(parts), params


def stretches_before(end: int) -> Iterator[tuple[str, int]]:
    """The stretches that hold the ids below `end`, newest first: a tsquery for each, "" for all that is left, and the id
    below which it counts. Two of each size, so that at least one is whole."""
    for name, size in STRETCHES.items():
        last = (end - 1) // size
        if last < 1:
            break
        yield f"'{name}|{last}' | '{name}|{last - 1}'", end
        end = (last - 1) * size
        if end == 0:
            return
    yield "", end
