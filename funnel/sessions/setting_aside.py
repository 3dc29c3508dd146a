"""Tickets that are set aside: spam, and those that were merged into another. Of both the last word holds, whenever it was said."""

from collections.abc import Hashable, Iterable

from funnel.sessions.facts import Fact
from helpdesk.events import names

SPAM = (names.TICKET_MARKED_SPAM, names.TICKET_UNMARKED_SPAM)
MERGED = (names.TICKET_MERGED, names.TICKET_UNMERGED)
SETTING_ASIDE = (*SPAM, *MERGED)


def spam_tickets(facts: Iterable[Fact]) -> set[Hashable]:
    """Counted as spam and as nothing else."""
    return last_said(facts, *SPAM)


def merged_tickets(facts: Iterable[Fact]) -> set[Hashable]:
    """Counted nowhere: what was asked there is part of another ticket now."""
    return last_said(facts, *MERGED)


def last_said(facts: Iterable[Fact], said: str, unsaid: str) -> set[Hashable]:
    """The tickets of which `said` was said, and not `unsaid` after it."""
    tickets: set[Hashable] = set()
    for fact in facts:
        if fact.name == said:
            tickets.add(fact.ticket)
        elif fact.name == unsaid:
            tickets.discard(fact.ticket)
    return tickets
