"""The orders of a list, and its pages: each goes on after the last row seen, never by OFFSET."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.errors import Invalid
from helpdesk.keyset import KeysetPage, read_cursor
from helpdesk.tickets.models.ticket import DUE_AT, WAITING_SINCE

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Sort:
    """`order` as for order_by, ending with the id; `after` says what comes after a row's key, `key` reads it from a row.
    `is_for_open`: only where the list holds what is open, since only that is indexed so."""

    name: str
    title: str | Promise
    order: tuple[str, ...]
    after: Callable[[Key], Q]
    key: Callable[[Any], Key]
    is_for_open: bool = False


def after_newest(key: Key) -> Q:
    at, pk = key
    return Q(last_message_at__lte=at) & (Q(last_message_at__lt=at) | Q(last_message_at=at, id__lt=pk))


def after_oldest(key: Key) -> Q:
    at, pk = key
    return Q(last_message_at__gte=at) & (Q(last_message_at__gt=at) | Q(last_message_at=at, id__gt=pk))


def after_waiting(key: Key) -> Q:
    at, pk = key
    return Q(waits_since__gte=at) & (Q(waits_since__gt=at) | Q(waits_since=at, id__gt=pk))


def after_due(key: Key) -> Q:
    at, pk = key
    return Q(is_due_at__gte=at) & (Q(is_due_at__gt=at) | Q(is_due_at=at, id__gt=pk))


def after_priority(key: Key) -> Q:
    priority, at, pk = key
    return Q(priority__lte=priority) & (
        Q(priority__lt=priority) | Q(priority=priority) & after_newest((at, pk))
    )


NEWEST = Sort(
    "newest",
    _("Newest first"),
    ("-last_message_at", "-id"),
    after_newest,
    lambda row: (row.last_message_at, row.pk),
)
SORTS = {
    sort.name: sort
    for sort in (
        NEWEST,
        Sort(
            "oldest",
            _("Oldest first"),
            ("last_message_at", "id"),
            after_oldest,
            lambda row: (row.last_message_at, row.pk),
        ),
        Sort(
            "waiting",
            _("Waiting longest"),
            ("waits_since", "id"),
            after_waiting,
            lambda row: (row.waits_since, row.pk),
            is_for_open=True,
        ),
        Sort(
            "due",
            _("Due soonest"),
            ("is_due_at", "id"),
            after_due,
            lambda row: (row.is_due_at, row.pk),
            is_for_open=True,
        ),
        Sort(
            "priority",
            _("Most urgent"),
            ("-priority", "-last_message_at", "-id"),
            after_priority,
            lambda row: (row.priority, row.last_message_at, row.pk),
            is_for_open=True,
        ),
    )
}


def sorts_for(*, is_open: bool) -> list[Sort]:
    """The orders that a list can have."""
    return [sort for sort in SORTS.values() if is_open or not sort.is_for_open]


def sorted_page(tickets: QuerySet, sort: Sort, *, cursor: str, size: int) -> KeysetPage:
    """The next `size` rows after `cursor`. Raises Invalid where it is no cursor of this order."""
    tickets = in_order(tickets, sort)
    if cursor:
        tickets = tickets.filter(sort.after(read_key(sort, cursor)))
    return page_of(list(tickets[: size + 1]), sort, size)


def in_order(tickets: QuerySet, sort: Sort) -> QuerySet:
    if sort.name == "waiting":
        tickets = tickets.annotate(waits_since=WAITING_SINCE)
    elif sort.name == "due":
        tickets = tickets.annotate(is_due_at=DUE_AT)
    return tickets.order_by(*sort.order)


def page_of(rows: list[Any], sort: Sort, size: int) -> KeysetPage:
    """The rows, of which one more than `size` was asked for."""
    more = len(rows) > size
    rows = rows[:size]
    return KeysetPage(rows, write_key(sort.key(rows[-1])) if more else "")


def write_key(key: Key) -> str:
    return "_".join(part.isoformat() if isinstance(part, datetime) else str(part) for part in key)


def read_key(sort: Sort, cursor: str) -> Key:
    if sort.name != "priority":
        return read_cursor(cursor)
    priority, _dash, rest = cursor.partition("_")
    if not (priority.isascii() and priority.isdigit() and len(priority) < 3):
        raise Invalid("The cursor is not one that this list gave out.", field="cursor")
    return int(priority), *read_cursor(rest)
