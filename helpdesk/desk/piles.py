"""The piles of tickets an agent works through: mine, unassigned, by department ..., and what lies in each. Their
numbers are in desk.counting."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.conditions import as_q
from helpdesk.desk.filters.meaning import choose_tickets
from helpdesk.desk.filters.parsing import Term, parse_query, without_quotes
from helpdesk.desk.saved import views_of
from helpdesk.desk.sorting import NEWEST, SORTS, Sort, sorts_for
from helpdesk.errors import NotThere
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import SavedView, Ticket

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
    query: str = ""  # as near as the search box can say it
    reads_clock: bool = False  # what lies in it changes as time passes
    sibling: tuple[str, int | str] = (
        "",
        0,
    )  # one of many alike, counted together: of which ALIKE, and its value there

    def tickets(self, user: User) -> QuerySet:
        return self.choose(Ticket.objects.in_sight_of(user), user)


FIXED = [
    Pile(
        "mine",
        _("Mine"),
        "user",
        lambda q, user: q.awake().assigned_to(user),
        _("Nothing waits for you."),
        query="is:open assignee:me",
    ),
    Pile(
        "mentions",
        _("Mentions"),
        "at-sign",
        lambda q, user: q.unfinished().mentioning(user),
        _("Nobody has mentioned you."),
        query="is:open is:mentioned",
    ),
    Pile(
        "unassigned",
        _("Unassigned"),
        "circle",
        lambda q, _: q.awake().unassigned(),
        query="is:open assignee:none",
    ),
    Pile(
        "open",
        _("All open"),
        "inbox",
        lambda q, _: q.awake(),
        _("Every conversation is closed."),
        query="is:open",
    ),
    Pile(
        "waiting",
        _("Waiting longest"),
        "timer",
        lambda q, _: q.awake().waiting(),
        _("Nobody waits for an answer."),
        sort=SORTS["waiting"],
        query="is:waiting",
    ),
    Pile(
        "escalation",
        _("Escalation"),
        "triangle-alert",
        lambda q, _: q.escalated(),
        _("Nobody has waited too long."),
        sort=SORTS["waiting"],
        query="is:escalated",
        reads_clock=True,
    ),
    Pile(
        "snoozed",
        _("Snoozed"),
        "alarm-clock",
        lambda q, _: q.snoozed(),
        _("Nothing is snoozed."),
        query="is:snoozed",
    ),
    Pile(
        "closed",
        pgettext_lazy("tickets", "Closed"),
        "archive",
        lambda q, _: q.finished(),
        _("Nothing is closed yet."),
        query="is:closed",
        is_counted=False,
        is_open=False,
    ),
    Pile(
        "spam",
        _("Spam"),
        "ban",
        lambda q, _: q.spam(),
        _("No spam."),
        is_counted=False,
        is_open=False,
        query="is:spam",
    ),
    Pile(
        "trash",
        _("Trash"),
        "trash-2",
        lambda q, _: q.trashed(),
        _("The trash is empty. What is put here is deleted after 30 days."),
        query="is:trash",
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


def departments_in_order(user: User) -> list[Pile]:
    return [department_pile(department) for department in departments_of(user)]


def department_pile(department: object) -> Pile:
    pk = department.pk
    return Pile(
        f"department-{pk}",
        str(department),
        "folder",
        choosing("department", pk),
        query=f"{Term('department', without_quotes(str(department)))} is:open",
        sibling=("department", pk),
    )


def channel_pile(kind: str) -> Pile:
    return Pile(
        f"channel-{kind}",
        Inbox.Kind(kind).label,
        CHANNEL_ICONS[kind],
        choosing("channel", kind),
        query=f"channel:{kind} is:open",
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
    asked, conditions = parse_query(view.query), view.conditions

    def choose(tickets: QuerySet, user: User) -> QuerySet:
        chosen = choose_tickets(tickets, asked, user)[0]
        return chosen.filter(as_q(conditions)) if conditions else chosen

    has_words = bool(asked.words or asked.phrases)
    return Pile(
        f"view-{view.pk}",
        view.name,
        "users" if view.is_shared else "list-filter",
        choose,
        _("No ticket fits this view now."),
        is_counted=asked.is_open and not has_words and not asked.unwanted,
        sort=NEWEST
        if has_words
        else next((s for s in sorts_for(is_open=asked.is_open) if s.name == view.sort), NEWEST),
        is_open=asked.is_open,
        view=view,
        query=view.query,
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
