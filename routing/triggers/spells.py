"""How long tickets were in a state, by the ledger: for looking back. `states` says it of now."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum

from django.db import connection

from helpdesk.events import names
from helpdesk.prepared import fetch
from routing.triggers.states import STATES

Spell = tuple[int, datetime, datetime | None]  # ticket, since when, until when (None: still)

FACTS = """
SELECT ticket_id, name, data->>'to' IS NULL, occurred_at FROM events_event
WHERE ticket_id = ANY(%s) AND name = ANY(%s) AND occurred_at >= %s ORDER BY ticket_id, occurred_at, id"""


class Turn(Enum):
    """What a fact does to the state: it begins where it does not last yet, begins anew, or ends."""

    BEGIN, ANEW, END = range(3)


def turns_of(state: str) -> dict[tuple[str, bool], Turn]:
    """What each fact does, by its name and whether it names nobody."""
    is_anew = state in ("keeps.status", "waits.customer")
    begun = Turn.ANEW if is_anew else Turn.BEGIN
    turns = {(name, nobody): begun for name in STATES[state].begins for nobody in (True, False)}
    turns |= {(name, nobody): Turn.END for name in STATES[state].ends for nobody in (True, False)}
    if names.TICKET_ASSIGNED in STATES[state].begins:
        turns |= {(names.TICKET_ASSIGNED, True): Turn.ANEW, (names.TICKET_ASSIGNED, False): Turn.END}
    return turns


def spells_of(state: str, ticket_ids: set[int], since: datetime) -> Iterator[Spell]:
    """Every stretch in which one of the tickets was in the state, of those that a fact from `since` on began."""
    told, turns = [*STATES[state].begins, *STATES[state].ends], turns_of(state)
    here, began = 0, None
    for ticket, name, to_nobody, at in fetch(connection, FACTS, [list(ticket_ids), told, since]):
        if ticket != here:
            if began is not None:
                yield here, began, None
            here, began = ticket, None
        turn = turns[name, to_nobody]
        if turn is not Turn.BEGIN and began is not None:
            yield ticket, began, at
            began = None
        if turn is not Turn.END and began is None:
            began = at
    if began is not None:
        yield here, began, None
