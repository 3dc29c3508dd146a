"""The table of who is on the sites now. With very many of them it holds only those who need somebody, and counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import uuid_or_none
from helpdesk.people.models import ContactIdentity, User, Workspace
from helpdesk.people.presence import Here, count_here, those_here, who_is_here
from helpdesk.tickets.models import Ticket
from helpdesk.visitors.rows import Row, State, rows_of

FEWEST = 50  # Workspace.busy_visitors is never below it
MOST_TALKS = 500
TALKS_WITHIN = timedelta(days=1)
STATES = [State.WAITING, State.CHATTING, State.BROWSING, State.IDLE]

Order = Callable[[Row], Any]
ORDERS: dict[str, tuple[str | Promise, Order]] = {
    "need": (_("Who needs somebody"), lambda row: (STATES.index(row.state), -row.here.page_since)),
    "new": (_("Newest first"), lambda row: -row.here.since),
    "long": (_("Longest on the site"), lambda row: row.here.since),
    "visits": (_("Most visits"), lambda row: (-row.here.visits, row.here.since)),
    "page": (_("By page"), lambda row: (row.path, row.here.since)),
}
KNOWN = "known"


@dataclass(frozen=True)
class Asked:
    """Which visitors an agent wants to see. `only` is a state, KNOWN, or "" for all."""

    inbox: int = 0
    department: int = 0
    only: str = ""
    page: str = ""
    order: str = "need"

    @property
    def is_narrow(self) -> bool:
        return self != Asked(order=self.order)


@dataclass(frozen=True)
class Table:
    """`total` visitors are here, of whom `counts` need somebody; `is_busy`: `rows` are of those alone."""

    rows: list[Row]
    total: int
    counts: dict[State, int]
    is_busy: bool

    @property
    def rest(self) -> int:
        """How many look around without needing anybody."""
        return max(0, self.total - self.counts[State.WAITING] - self.counts[State.CHATTING])


def read_asked(query: Any) -> Asked:
    """What the address asks for; what makes no sense there is left out."""
    only, order = query.get("only", ""), query.get("order", "")
    return Asked(
        inbox=number(query.get("inbox", "")),
        department=number(query.get("department", "")),
        only=only if only in {*State.values, KNOWN} else "",
        page=query.get("page", "").replace("\x00", "")[:200].strip(),
        order=order if order in ORDERS else "need",
    )


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def inboxes_of(user: User) -> list[Inbox]:
    """The chat inboxes whose visitors this agent may see: all but those of departments closed to them."""
    inboxes = Inbox.objects.filter(kind=Inbox.Kind.WEBCHAT, is_active=True).order_by("name", "pk")
    if not user.is_admin:
        open_to = (
            Q(department=None)
            | Q(department__is_restricted=False)
            | Q(department__in=user.departments.values("pk"))
        )
        inboxes = inboxes.filter(open_to)
    return list(inboxes.distinct())


def table_for(user: User, asked: Asked) -> Table:
    inboxes = inboxes_of(user)
    chosen = [inbox for inbox in inboxes if asked.inbox in (0, inbox.pk)]
    total = sum(count_here(inbox.pk) for inbox in chosen)
    is_busy = total > FEWEST and total > Workspace.get().busy_visitors
    heres = those_talking(chosen) if is_busy else [here for inbox in chosen for here in all_in(inbox, total)]
    rows = rows_of(heres, chosen, user)
    counts = {state: sum(row.state == state for row in rows) for state in STATES}
    if is_busy:
        rows = [row for row in rows if row.state in (State.WAITING, State.CHATTING)]
    rows = sorted((row for row in rows if fits(row, asked)), key=ORDERS[asked.order][1])
    return Table(rows, total, counts, is_busy)


def all_in(inbox: Inbox, most: int) -> list[Here]:
    return [here for here in who_is_here(inbox.pk, most=most) if here.inbox == inbox.pk]


def those_talking(inboxes: list[Inbox]) -> list[Here]:
    """Who is here of those that have a conversation: found by their tickets, since Redis knows only who is here."""
    open_lately = Ticket.objects.unfinished().filter(
        inbox__in=inboxes, last_message_at__gte=clock.now() - TALKS_WITHIN
    )
    talks = open_lately.order_by("-last_message_at")[:MOST_TALKS].values("contact")
    browsers = ContactIdentity.objects.filter(
        kind=ContactIdentity.Kind.VISITOR, contact__in=[talk["contact"] for talk in talks]
    ).values_list("value", flat=True)
    return those_here(visitor for value in browsers if (visitor := uuid_or_none(value)))


def fits(row: Row, asked: Asked) -> bool:
    return (
        (not asked.department or row.department_id == asked.department)
        and (not asked.only or row.state == asked.only or (asked.only == KNOWN and row.is_named))
        and asked.page.lower() in f"{row.here.url} {row.here.title}".lower()
    )


def row_of(visitor: UUID, user: User) -> Row | None:
    """One visitor; None for one who is gone, or in an inbox that this agent doesn't see."""
    return next(iter(rows_of(those_here([visitor]), inboxes_of(user), user)), None)
