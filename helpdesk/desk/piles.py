"""The piles of tickets an agent works through: mine, unassigned, by department ... each with its count."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk import clock
from helpdesk.desk.filters.meaning import choose_tickets
from helpdesk.desk.filters.parsing import parse_query
from helpdesk.desk.saved import views_of
from helpdesk.desk.sorting import NEWEST, SORTS, Sort, sorts_for
from helpdesk.errors import NotThere
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of, hidden_from
from helpdesk.prepared import fetch
from helpdesk.tickets.models import SavedView, Ticket

COUNTED_UP_TO = 99  # a badge says "99+" beyond; counting on would cost more the bigger the helpdesk grows

Choose = Callable[[QuerySet, User], QuerySet]


@dataclass(frozen=True)
class Pile:
    """A set of tickets with a name and a URL. `choose` narrows what the agent may see; `sort` is the order it has where
    nobody asked for another one; `is_open`: all in it is open, and can be had in every order."""

    key: str
    title: str | Promise
    icon: str
    choose: Choose
    empty: str | Promise = _("Nothing here. Well done.")
    is_counted: bool = True
    sort: Sort = NEWEST
    is_open: bool = True
    view: SavedView | None = None
    reads_clock: bool = False  # what lies in it changes as time passes
    sibling: tuple[str, int | str] = (
        "",
        0,
    )  # one of many alike, counted together: of which ALIKE, and its value there

    def tickets(self, user: User) -> QuerySet:
        return self.choose(Ticket.objects.in_sight_of(user), user)


FIXED = [
    Pile("mine", _("Mine"), "user", lambda q, user: q.awake().assigned_to(user), _("Nothing waits for you.")),
    Pile(
        "mentions",
        _("Mentions"),
        "at-sign",
        lambda q, user: q.unfinished().mentioning(user),
        _("Nobody has mentioned you."),
    ),
    Pile("unassigned", _("Unassigned"), "circle", lambda q, _: q.awake().unassigned()),
    Pile("open", _("All open"), "inbox", lambda q, _: q.awake(), _("Every conversation is closed.")),
    Pile(
        "waiting",
        _("Waiting longest"),
        "timer",
        lambda q, _: q.awake().waiting(),
        _("Nobody waits for an answer."),
        sort=SORTS["waiting"],
    ),
    Pile(
        "escalation",
        _("Escalation"),
        "triangle-alert",
        lambda q, _: q.escalated(),
        _("Nobody has waited too long."),
        sort=SORTS["waiting"],
        reads_clock=True,
    ),
    Pile("snoozed", _("Snoozed"), "alarm-clock", lambda q, _: q.snoozed(), _("Nothing is snoozed.")),
    Pile(
        "closed",
        pgettext_lazy("tickets", "Closed"),
        "archive",
        lambda q, _: q.finished(),
        _("Nothing is closed yet."),
        is_counted=False,
        is_open=False,
    ),
    Pile("spam", _("Spam"), "ban", lambda q, _: q.spam(), _("No spam."), is_counted=False, is_open=False),
    Pile(
        "trash",
        _("Trash"),
        "trash-2",
        lambda q, _: q.trashed(),
        _("The trash is empty. What is put here is deleted after 30 days."),
        is_counted=False,
        is_open=False,
    ),
]
CHANNEL_ICONS = {
    "email": "mail",
    "webchat": "message-circle",
    "telegram": "send",
    "api": "code",
    "phone": "phone",
}


def piles_of(user: User) -> list[tuple[str | Promise, list[Pile]]]:
    """Every pile this agent has, under its heading."""
    return [
        ("", FIXED),
        (_("Saved views"), [view_pile(view) for view in views_of(user)]),
        (_("Departments"), [department_pile(department) for department in departments_of(user)]),
        (_("Channels"), [channel_pile(kind) for kind in channels_in_use()]),
    ]


def channels_in_use() -> list[str]:
    """Of the inboxes, and the phone once a call was written down."""
    kinds = {kind for (kind,) in fetch(connection, IN_USE, (Inbox.Kind.PHONE.value,))}
    return [kind for kind in Inbox.Kind.values if kind in kinds]


IN_USE = """
SELECT kind FROM inboxes_inbox WHERE is_active UNION SELECT %s WHERE EXISTS (SELECT FROM tickets_phonecall)"""


def department_pile(department: object) -> Pile:
    pk = department.pk
    return Pile(
        f"department-{pk}",
        str(department),
        "folder",
        choosing("department", pk),
        sibling=("department", pk),
    )


def channel_pile(kind: str) -> Pile:
    return Pile(
        f"channel-{kind}",
        Inbox.Kind(kind).label,
        CHANNEL_ICONS[kind],
        choosing("channel", kind),
        sibling=("channel", kind),
    )


def choosing(kind: str, which: str | int) -> Choose:
    """How the pile of a department (its id) or a channel is chosen."""
    condition = {"department_id": int(which)} if kind == "department" else {"channel": which}
    return lambda q, _: q.awake().filter(**condition)


def choice_of(key: str) -> Choose:
    """How the pile of this key is chosen, for any that is no saved view."""
    kind, dash, which = key.partition("-")
    return choosing(kind, which) if dash else next(pile.choose for pile in FIXED if pile.key == key)


def view_pile(view: SavedView) -> Pile:
    """A saved view as a pile. It has a number where all in it is open and no words have to be looked for, nor looked for in
    every message to leave their tickets out."""
    asked = parse_query(view.query)
    has_words = bool(asked.words or asked.phrases)
    return Pile(
        f"view-{view.pk}",
        view.name,
        "users" if view.is_shared else "list-filter",
        lambda q, user: choose_tickets(q, asked, user)[0],
        _("No ticket fits this view now."),
        is_counted=asked.is_open and not has_words and not asked.unwanted,
        sort=NEWEST
        if has_words
        else next((s for s in sorts_for(is_open=asked.is_open) if s.name == view.sort), NEWEST),
        is_open=asked.is_open,
        view=view,
    )


def find_pile(key: str, user: User) -> Pile:
    """Raises NotThere for a pile that is unknown, or of a department closed to this agent."""
    kind, _dash, which = key.partition("-")
    if kind == "department":
        piles = [department_pile(department) for department in departments_of(user)]
    elif kind == "channel" and which in Inbox.Kind.values:
        piles = [channel_pile(which)]
    elif kind == "view":
        piles = [view_pile(view) for view in views_of(user)]
    else:
        piles = FIXED
    for pile in piles:
        if pile.key == key:
            return pile
    raise NotThere


def count_piles(piles: Iterable[Pile], user: User) -> dict[str, int]:
    """How many tickets lie in each, at most one more than COUNTED_UP_TO; one query for all.

    Each part stops at the cap and walks a partial index, so the cost does not grow with the tickets.
    """
    piles = list(piles)
    minute = clock.now().replace(second=0, microsecond=0)  # some piles begin or end at a moment
    key = (
        user.pk,
        user.is_active,
        tuple(hidden_from(user)),
        minute,
        tuple((pile.key, pile.view and pile.view.query) for pile in piles),
    )
    if key not in compiled:
        if len(compiled) > MOST_COMPILED:
            compiled.clear()
        compiled[key] = counting_query(piles, user)
    sql, params = compiled[key]
    if not sql:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return dict(cursor.fetchall())


# Putting the SQL together costs more than running it, and it stays the same for an agent and their piles.
compiled: dict[tuple, tuple[str, list]] = {}
MOST_COMPILED = 500
# Planning twenty questions that differ by a number costs more than asking them: one plan for all departments, one for all
# channels. The condition is that of `awake()`, as the partial indexes have it.
# BETWEEN and not =, from which the planner takes each to be as common as the average, and would look for the few tickets of a
# rare one through all the others.
ALIKE = """SELECT '{name}-' || its, (SELECT count(*) FROM (SELECT FROM tickets_ticket WHERE {column} BETWEEN its AND its AND status IN (
    'new', 'open', 'pending', 'on_hold') AND NOT is_spam AND snoozed_until IS NULL AND trashed_at IS NULL
    AND (department_id IS NULL OR department_id <> ALL (%s::bigint[])) LIMIT %s) AS capped)
    FROM unnest(%s::{type}[]) AS its"""
ALIKE_BY = {
    "department": ALIKE.format(name="department", column="department_id", type="bigint"),
    "channel": ALIKE.format(name="channel", column="channel", type="text"),
}


def counting_query(piles: list[Pile], user: User) -> tuple[str, list]:
    parts, params = [], []
    if not user.is_active:
        return "", []
    for pile in piles:
        if pile.sibling[0]:
            continue
        try:
            sql, its_params = (
                pile.tickets(user).order_by().values("pk")[: COUNTED_UP_TO + 1].query.sql_with_params()
            )
        except EmptyResultSet:
            continue
        parts.append(f"SELECT %s, (SELECT count(*) FROM ({sql}) AS capped)")
        params += [pile.key, *its_params]
    for kind, sql in ALIKE_BY.items():
        if values := [pile.sibling[1] for pile in piles if pile.sibling[0] == kind]:
            parts.append(sql)
            params += [hidden_from(user), COUNTED_UP_TO + 1, values]
    return " UNION ALL ".join(parts), params
