"""What a dry run goes through: one look after the other, each with what it has found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from helpdesk.events.models import Event

Hit = tuple[int, datetime]  # ticket id, when


@dataclass(frozen=True)
class Look:
    """`looked_at` more things were looked at, and `hits` found among them."""

    looked_at: int
    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """`total`: how many things there are to look at; `looks` finds them, and stops where nobody asks any more."""

    total: int
    looks: Iterator[Look]


def pages_of(facts: QuerySet[Event], at_once: int) -> Iterator[tuple[QuerySet[Event], int]]:
    """So many at once with their number, the newest first, by keyset."""
    left = facts
    while True:
        moments = left.order_by("-occurred_at", "-id").values_list("occurred_at", "id")
        edge = next(iter(moments[at_once - 1 : at_once]), None)
        if edge is None:
            break
        at, last = edge
        yield (
            left.filter(Q(occurred_at__gt=at) | Q(occurred_at=at, id__gte=last), occurred_at__gte=at),
            at_once,
        )
        left = facts.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, id__lt=last), occurred_at__lte=at)
    if rest := left.count():
        yield left, rest
