"""Solved tickets whose question was like this one's, with what answered it."""

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from helpdesk.desk.hits import Wanted, hits_of
from helpdesk.lexemes import fold, tsquery, words_of
from helpdesk.people.models import User
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.subjects import bare_subject

SHORTEST_WORD = 4  # letters; shorter ones say little about a question
MOST_WORDS = 7
MOST_LOOKED_AT = 30
MOST = 3
LEAST_SHARED = 2  # words of the question that the other one has to have, too
LONGEST_READ = 400  # characters of a message: what it is about stands at its beginning


@dataclass(frozen=True)
class Fitting:
    """`answer`: what a teammate wrote last on it."""

    ticket: Ticket
    answer: str


def fitting_tickets(ticket: Ticket, user: User) -> list[Fitting]:
    """At most MOST of those this agent may see, the likest first.

    Looks at the newest MOST_LOOKED_AT with a message that has two of the telling words: so much work, however many tickets
    there are.
    """
    first = (
        ticket.messages.filter(kind=Message.Kind.INCOMING)
        .order_by("pk")
        .values_list("text", flat=True)
        .first()
    )
    wanted = telling(f"{bare_subject(ticket.subject)} {(first or '')[:LONGEST_READ]}")
    if len(wanted) < LEAST_SHARED:
        return []
    query = " | ".join(f"({tsquery(two)})" for two in combinations(wanted, LEAST_SHARED))
    solved = (
        Ticket.objects.visible_to(user)
        .real()
        .filter(closed_at__isnull=False, merged_into=None)
        .exclude(pk=ticket.pk)
    )
    found = hits_of(Wanted(query), solved, most=MOST_LOOKED_AT).found
    subjects = dict(Ticket.objects.filter(pk__in=found).values_list("pk", "subject"))
    questions = first_questions(list(found))
    scored = Counter({pk: shared(wanted, f"{subjects.get(pk, '')} {questions.get(pk, '')}") for pk in found})
    best = [pk for pk, score in scored.most_common(MOST * 2) if score >= LEAST_SHARED]
    answers = last_answers(best)
    tickets = Ticket.objects.only("subject", "channel", "status").in_bulk(best)
    return [Fitting(tickets[pk], answers[pk]) for pk in best if pk in answers and pk in tickets][:MOST]


def telling(text: str) -> list[str]:
    """The words that say what it is about: the longest ones, each once."""
    words = dict.fromkeys(word for word in words_of(text) if len(word) >= SHORTEST_WORD or not word.isascii())
    return sorted(words, key=len, reverse=True)[:MOST_WORDS]


def shared(wanted: list[str], text: str) -> int:
    folded = fold(text)
    return sum(word in folded for word in wanted)


def first_questions(tickets: list[int]) -> dict[int, str]:
    asked = Message.objects.filter(ticket__in=tickets, kind=Message.Kind.INCOMING).order_by("ticket", "pk")
    return {pk: text[:LONGEST_READ] for pk, text in asked.distinct("ticket").values_list("ticket", "text")}


def last_answers(tickets: list[int]) -> dict[int, str]:
    answers = Message.objects.filter(
        ticket__in=tickets,
        kind=Message.Kind.OUTGOING,
        author_kind="agent",
        thread_reason="",
        released_at__isnull=False,
        survey=None,
    ).exclude(text="")
    return dict(answers.order_by("ticket", "-pk").distinct("ticket").values_list("ticket", "text"))
