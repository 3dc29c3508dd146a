"""Rows in an order of their own, `position`, and each of them on or off: of rules and policies the first that fits counts."""

from collections.abc import Iterable, Sequence

from django.db import models, transaction
from django.db.models import Max

Rows = models.QuerySet | models.Manager


def next_position(rows: Rows) -> int:
    """After all there are."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def move_row(rows: Rows, pk: int, *, up: bool) -> None:
    """One place up or down; at the end it stays where it is."""
    ordered = locked(rows)
    here = next((at for at, row in enumerate(ordered) if row.pk == pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if there is not None and 0 <= there < len(ordered):
        ordered.insert(there, ordered.pop(here))
        number(rows, ordered)


@transaction.atomic
def put_in_order(rows: Rows, ids: Iterable[int]) -> None:
    """They stand in this order; those that are not named come after, as they were."""
    left = {row.pk: row for row in locked(rows)}
    wanted = [left.pop(pk) for pk in dict.fromkeys(ids) if pk in left]
    number(rows, [*wanted, *left.values()])


def switch_row(rows: Rows, pk: int, *, is_active: bool) -> None:
    rows.filter(pk=pk).update(is_active=is_active)


def locked(rows: Rows) -> list[models.Model]:
    return list(rows.select_for_update().order_by("position", "id"))


def number(rows: Rows, ordered: Sequence[models.Model]) -> None:
    for at, row in enumerate(ordered):
        row.position = at
    rows.bulk_update(ordered, ["position"])
