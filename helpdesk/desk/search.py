"""Finding tickets by filters and words, as typed: `from:ann is:open boots`. What a query may say is in desk.filters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from helpdesk.conditions import as_q
from helpdesk.desk.filters.meaning import choose_tickets, is_narrow
from helpdesk.desk.filters.parsing import Asked, parse_query
from helpdesk.desk.filters.problems import Problem
from helpdesk.desk.hits import Hits, Wanted, hits_of
from helpdesk.desk.marking import WORD, Marks, mark, marks_for, snippet_with
from helpdesk.desk.rows import ready_to_draw
from helpdesk.errors import Invalid
from helpdesk.keyset import KeysetPage
from helpdesk.lexemes import tsquery, words_of
from helpdesk.people.models import User
from helpdesk.people.sight import hidden_from
from helpdesk.prepared import OneOf, Prepared, fetch
from helpdesk.tickets.models import Message, Ticket

NARROW = 300  # tickets: with so few or fewer left by the filters, words are looked for in them alone
NEWEST = 1000  # tickets with the words that `tickets` holds where no page is asked for
READ_FOR_SNIPPET = 5000  # characters of a message
NUMBER = re.compile(r"#?\s*([0-9]{1,18})$")  # a query that may be a ticket's number
CURSOR = re.compile(r"(p?)([0-9]{1,18})$")
STARTS = "p"  # in a cursor: the last word was looked for as the beginning of one


@dataclass(frozen=True)
class Search:
    """A query and what it means to this agent. Without words it is a list like any other."""

    asked: Asked
    chosen: QuerySet  # what the filters leave, before any words
    problems: tuple[Problem, ...]
    among_all: QuerySet | None = None  # where conditions are asked, too: what was there before these

    @property
    def has_words(self) -> bool:
        return bool(self.asked.words or self.asked.phrases)

    @cached_property
    def tickets(self) -> QuerySet:
        """All that fit; with words the newest of them."""
        if not self.has_words:
            return self.chosen
        found = self.hits(most=NEWEST, starts=True)
        return self.chosen.filter(pk__in={*found.found, *self.numbers})

    def wanted(self, *, starts: bool) -> Wanted:
        words = [word for text in (*self.asked.phrases, *self.asked.words) for word in words_of(text)]
        query = tsquery(words, is_unfinished=starts and self.asked.is_unfinished)
        return Wanted(query, tuple(filter(None, map(expression_of, self.asked.phrases))))

    def hits(self, *, most: int, starts: bool, before: int = 0) -> Hits:
        wanted = self.wanted(starts=starts)
        if not wanted.words:  # signs alone
            return Hits({})
        return hits_of(wanted, self.chosen, most=most, before=before, among=self.among)

    @cached_property
    def among(self) -> list[int] | None:
        """The tickets that the filters leave, where those are few."""
        if not is_narrow(self.asked):
            return None
        few = list(self.chosen.order_by().values_list("pk", flat=True)[: NARROW + 1])
        return few if len(few) <= NARROW else None

    @property
    def numbers(self) -> list[int]:
        """A number alone may be a ticket's."""
        words = self.asked.words
        return [int(words[0])] if len(words) == 1 and re.fullmatch("[0-9]{1,18}", words[0]) else []

    @cached_property
    def marks(self) -> Marks:
        return marks_for((*self.asked.phrases, *self.asked.words), is_unfinished=self.asked.is_unfinished)


def search(query: str, user: User, *, conditions: Any = None) -> Search:
    """`conditions`: a group of helpdesk.conditions that must hold as well; with them the query may be empty."""
    asked = parse_query(query)
    if not asked.terms and not conditions:
        return Search(asked, Ticket.objects.none(), asked.problems)
    chosen, problems = choose_tickets(Ticket.objects.in_sight_of(user), asked, user)
    for word in asked.unwanted:
        if said := expression_of(word):
            inside = Message.objects.filter(ticket=OuterRef("pk"), text__iregex=said)
            chosen = chosen.exclude(Q(subject__iregex=said) | Exists(inside))
    if not conditions:
        return Search(asked, chosen, problems)
    return Search(asked, chosen.filter(as_q(conditions)), problems, chosen)


def search_tickets(query: str, user: User) -> QuerySet:
    """The visible tickets that fit, the newest thousand where words are among it."""
    return search(query, user).tickets


def expression_of(words: str) -> str:
    """The words side by side, as a regular expression of PostgreSQL; "" where there are none."""
    parts = WORD.findall(words)
    begin = r"\m" if parts and parts[0][0].isascii() else ""
    end = r"\M" if parts and parts[-1][-1].isascii() else ""
    return begin + r"\W+".join(parts) + end


def page_of_hits(found: Search, user: User, *, cursor: str, size: int) -> KeysetPage:
    """The next tickets with the words, by their newest message that has them; each with `found_subject` and
    `found_snippet` as HTML. A page may be short, even empty, and still have one after it."""
    starts, before = read_cursor(cursor)
    hits = found.hits(most=size, starts=starts, before=before)
    if not cursor and found.asked.is_unfinished and len(hits.found) < size and not hits.go_on_before:
        starts, hits = True, found.hits(most=size, starts=True)
    pinned = [] if cursor else found.numbers
    tickets = {ticket.pk: ticket for ticket in rows_of_hits(found, [*hits.found], pinned, user)}
    rows = [tickets[pk] for pk in dict.fromkeys([*pinned, *hits.found]) if pk in tickets]
    show_marks(rows, hits, found.marks)
    on = f"{STARTS if starts else ''}{hits.go_on_before}" if hits.go_on_before else ""
    return KeysetPage(rows, on)


def rows_of_hits(found: Search, hits: list[int], pinned: list[int], user: User) -> Iterable[Ticket]:
    """The hits fit, as was just asked with the words; a number that was typed is asked for with all that the query says."""
    rows = ROWS.rows(tuple(hidden_from(user)), tickets=hits, user=user.pk) if hits else []
    return [*rows, *ready_to_draw(found.chosen.filter(pk__in=pinned), user)] if pinned else rows


def these_tickets(hidden: Sequence[int], *, tickets: list[int], user: int) -> QuerySet:
    return ready_to_draw(Ticket.objects.outside(hidden).filter(OneOf("pk", tickets)), User(pk=user))


ROWS = Prepared(these_tickets)
TEXTS = f"SELECT ticket_id, left(text, {READ_FOR_SNIPPET}) FROM tickets_message WHERE id = ANY (%s::bigint[])"  # noqa: S608


def show_marks(rows: list[Any], hits: Hits, marks: Marks) -> None:
    texts = fetch(connection, TEXTS, (list(hits.found.values()),))
    snippets = {ticket: snippet_with(text, marks) for ticket, text in texts}
    for row in rows:
        row.found_subject = mark(row.subject, marks)
        row.found_snippet = mark(snippets.get(row.pk, row.last_snippet), marks)


def read_cursor(cursor: str) -> tuple[bool, int]:
    match = CURSOR.match(cursor)
    if cursor and not match:
        raise Invalid("The cursor is not one that this list gave out.", field="cursor")
    return (bool(match[1]), int(match[2])) if match else (False, 0)
