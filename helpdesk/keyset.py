"""Pages of a long list by the last row seen (keyset), never by OFFSET."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from helpdesk.errors import Invalid

LONGEST = 80  # characters of a cursor: more are none of ours, and int() refuses thousands of digits


@dataclass(frozen=True)
class KeysetPage:
    rows: list[Any]
    next_cursor: str  # "" on the last page


def keyset_page(queryset: QuerySet, *, by: str, cursor: str = "", size: int = 50) -> KeysetPage:
    """Newest first by the time field `by`, then id. `cursor` is `next_cursor` of the page before."""
    if cursor:
        at, pk = read_cursor(cursor)
        queryset = queryset.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "id__lt": pk}), **{f"{by}__lte": at})
    rows = list(queryset.order_by(f"-{by}", "-id")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return KeysetPage(rows, f"{getattr(rows[-1], by).isoformat()}_{rows[-1].pk}" if more else "")


def read_cursor(cursor: str) -> tuple[datetime, int]:
    """Take a cursor apart. Raises Invalid where it is not one of ours."""
    at, _, pk = cursor.rpartition("_") if len(cursor) <= LONGEST else ("", "", "")
    try:
        moment = parse_datetime(at.replace(" ", "+")) if at else None
    except ValueError:  # well formed, but there is no such moment
        moment = None
    if moment is None or moment.tzinfo is None or not pk.isdecimal():
        raise Invalid("The cursor is not one that this list gave out.", field="cursor")
    return moment, int(pk)
