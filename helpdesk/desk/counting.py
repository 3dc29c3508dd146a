"""All piles of an agent with their numbers: those that the database keeps, and those that are counted with each page."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.desk.dear_counts import dear_numbers
from helpdesk.desk.piles import FIXED, Pile, channel_pile, departments_in_order, view_pile
from helpdesk.desk.saved import views_of
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.people.sight import hidden_from
from helpdesk.prepared import fetch, write_out
from helpdesk.tickets.models import PileCount, SavedView
from helpdesk.tickets.pile_counts import READ as KEPT_NUMBERS

COUNTED_UP_TO = 99  # a badge says "99+" beyond; counting on would cost more the bigger the helpdesk grows


def piles_of(user: User) -> list[tuple[str | Promise, list[Pile]]]:
    """Every pile this agent has, under its heading."""
    return counted_piles(user).groups


@dataclass(frozen=True)
class Counted:
    """All piles of an agent under their headings, the numbers of those that have one by their keys, and the last event
    that these know of."""

    groups: list[tuple[str | Promise, list[Pile]]]
    numbers: dict[str, int]
    newest_event: int


def counted_piles(user: User) -> Counted:
    """One question for all that is not known of this agent already."""
    fixed = FIXED, [view_pile(view) for view in views_of(user)], departments_in_order(user)
    found = read_numbers([pile for pile in (*fixed[0], *fixed[1]) if pile.is_counted], user)
    in_use = {which for pile, which in found if pile == IN_USE}
    channels = [channel_pile(kind) for kind in Inbox.Kind.values if kind in in_use]
    titles = "", _("Saved views"), _("Departments"), _("Channels")
    groups = list(zip(titles, (*fixed, channels), strict=True))
    piles = [pile for _title, group in groups for pile in group if pile.is_counted]
    return Counted(groups, numbers_of(piles, found, user), found.get((NEWEST_EVENT, ""), 0))


def count_piles(piles: Iterable[Pile], user: User) -> dict[str, int]:
    """How many tickets lie in each; one query for all, and one more where there are views from conditions.

    The piles that everybody has are numbers kept with every change (helpdesk.tickets.pile_counts). The others stop one above
    COUNTED_UP_TO and walk a partial index, so that the cost does not grow with the tickets.
    """
    piles = list(piles)
    return numbers_of(piles, read_numbers(piles, user), user)


def read_numbers(piles: Iterable[Pile], user: User) -> dict[tuple[str, str], int]:
    """All that is kept, and the counts of those of the piles that are not: by what each is called in `place_of_number`. With them
    which channels are in use and the number of the last event, since every page that shows the piles asks for these, too."""
    if not user.is_active:
        return {}
    counted = [pile for pile in piles if not is_kept(pile)]
    dear = {pile.key: pile for pile in counted if pile.view and pile.view.conditions}
    sql, params = counting_query([pile for pile in counted if pile.key not in dear], user)
    found = fetch(connection, sql, (str(user.pk), hidden_from(user), *params))
    numbers = {(pile, which): int(number or 0) for pile, which, number in found}
    return numbers | read_dear_numbers(dear, user) if dear else numbers


def read_dear_numbers(piles: dict[str, Pile], user: User) -> dict[tuple[str, str], int]:
    def count(keys: Sequence[str]) -> dict[str, int]:
        sql, params = counting_query([piles[key] for key in keys], user, beside=())
        return {key: number for _counted, key, number in (fetch(connection, sql, params) if sql else ())}

    wanted = {key: same_for_all(pile.view, user) for key, pile in piles.items()}
    return {(COUNTED, key): number for key, number in dear_numbers(wanted, count).items()}


def same_for_all(view: SavedView, user: User) -> str:
    """Whoever has the same here counts the same: a filter may speak of whoever asks, a day begins by their clock."""
    asks = what_it_asks(view), hidden_from(user), "" if view.query == "is:open" else user.pk
    told = json.dumps([*asks, get_current_timezone_name()])
    return hashlib.blake2s(told.encode()).hexdigest()


def numbers_of(piles: list[Pile], found: dict[tuple[str, str], int], user: User) -> dict[str, int]:
    awake = sum(number for (pile, _), number in found.items() if pile == Kept.AWAKE)
    return {
        pile.key: awake if pile.key == "open" else found.get(place_of_number(pile, user), 0)
        for pile in piles
        if found and (is_kept(pile) or (COUNTED, pile.key) in found)
    }


def is_kept(pile: Pile) -> bool:
    return bool(pile.sibling[0]) or pile.key in KEPT


def place_of_number(pile: Pile, user: User) -> tuple[str, str]:
    """Where its number stands in the answer."""
    kind, which = pile.sibling
    if kind:
        return (Kept.AWAKE if kind == "department" else Kept.CHANNEL), str(which)
    kept = KEPT.get(pile.key)
    if kept is None:
        return COUNTED, pile.key
    return kept, str(user.pk) if kept in (Kept.AGENT, Kept.MENTION) else ""


# What else stands in the answer: piles whose numbers are not kept, the channels of the inboxes (and the phone once a call was
# written down), and the last event.
COUNTED, IN_USE, NEWEST_EVENT = "counted", "in use", "newest event"
BESIDES = f"""SELECT '{IN_USE}', kind, 1 FROM inboxes_inbox WHERE is_active
    UNION ALL SELECT '{IN_USE}', '{Inbox.Kind.PHONE.value}', 1 WHERE EXISTS (SELECT FROM tickets_phonecall)
    UNION ALL SELECT '{NEWEST_EVENT}', '', max(id) FROM events_event"""  # noqa: S608  of constants alone
Kept = PileCount.Pile
KEPT = {
    "mine": Kept.AGENT,
    "mentions": Kept.MENTION,
    "unassigned": Kept.UNASSIGNED,
    "open": Kept.AWAKE,
    "waiting": Kept.WAITING,
    "snoozed": Kept.SNOOZED,
}

# Putting the SQL together costs more than running it, and it stays the same for an agent and their piles.
compiled: dict[tuple, tuple[str, list]] = {}
MOST_COMPILED = 500


def counting_query(
    asked: list[Pile], user: User, *, beside: tuple[str, ...] = (KEPT_NUMBERS, BESIDES)
) -> tuple[str, list]:
    """The count of each of these piles, beside the numbers that are kept; "" where there is nothing to ask."""
    minute = clock.now().replace(second=0, microsecond=0)  # some piles begin or end at a moment
    views = tuple((pile.key, what_it_asks(pile.view)) for pile in asked)
    key = (user.pk, tuple(hidden_from(user)), minute, views, beside)
    if key not in compiled:
        if len(compiled) > MOST_COMPILED:
            compiled.clear()
        compiled[key] = put_together(asked, user, beside)
    return compiled[key]


def what_it_asks(view: SavedView | None) -> tuple[str, str]:
    if view is None:
        return "", ""
    return view.query, json.dumps(view.conditions, sort_keys=True) if view.conditions else ""


def put_together(asked: list[Pile], user: User, beside: tuple[str, ...]) -> tuple[str, list]:
    parts, moments = [*beside], []
    for pile in asked:
        try:
            sql, params = (
                pile.tickets(user).order_by().values("pk")[: COUNTED_UP_TO + 1].query.sql_with_params()
            )
        except EmptyResultSet:
            continue
        # Moments pass, and the plan is kept for those to come.
        is_fixed = [not isinstance(value, datetime) for value in params]
        sql, passing = write_out(sql, params, is_fixed, connection)
        parts.append(f"SELECT '{COUNTED}', '{pile.key}', (SELECT count(*) FROM ({sql}) AS capped)")
        moments += passing
    return " UNION ALL ".join(parts), moments
