"""What a ticket's page tells of its customer besides the ticket: read with it, by the same question, and no more than is
printed. Each is a list of JSON objects in a column of the ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from helpdesk.people.models import ContactIdentity
from helpdesk.tickets.models import Survey, Ticket
from helpdesk.tickets.querysets import FINISHED

MOST = 5
STATUSES = dict(Ticket.Status.choices)


@dataclass(frozen=True)
class Past:
    """Another ticket of the customer."""

    pk: int
    subject: str
    status: str
    channel: str
    created_at: datetime

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def get_status_display(self) -> str:
        return str(STATUSES[self.status])


@dataclass(frozen=True)
class Rating:
    score: int
    comment: str
    rated_at: datetime


def past_told(hidden: Sequence[int]) -> ArraySubquery:
    """For a query of tickets: the newest others of the same customer that can be seen; one more than is shown."""
    tickets = others_of_customer(hidden).real().filter(merged_into=None).exclude(pk=OuterRef("pk"))
    told = JSONObject(pk="pk", subject="subject", status="status", channel="channel", created_at="created_at")
    return ArraySubquery(tickets.order_by("-created_at").values(told=told)[: MOST + 1])


def ratings_told(hidden: Sequence[int]) -> ArraySubquery:
    """For a query of tickets: the customer's newest ratings, of this ticket and of others that can be seen."""
    rated = Survey.objects.filter(ticket__contact=OuterRef("contact"), rated_at__isnull=False)
    if hidden:
        rated = rated.exclude(ticket__department__in=hidden)
    told = JSONObject(score="score", comment="comment", rated_at="rated_at")
    return ArraySubquery(rated.order_by("-rated_at").values(told=told)[:MOST])


def identities_told() -> ArraySubquery:
    """For a query of tickets: by what the customer is known."""
    known_by = ContactIdentity.objects.filter(contact=OuterRef("contact")).order_by("pk")
    return ArraySubquery(
        known_by.values(told=JSONObject(pk="pk", kind="kind", value="value", is_verified="is_verified"))
    )


def others_of_customer(hidden: Sequence[int]) -> QuerySet:
    return Ticket.objects.outside(hidden).filter(contact=OuterRef("contact"))


def past_of(ticket: Ticket) -> list[Past]:
    """Of a ticket of `finding.find_ticket`."""
    return [
        Past(**one | {"created_at": datetime.fromisoformat(one["created_at"])}) for one in ticket.past_told
    ]


def ratings_of(ticket: Ticket) -> list[Rating]:
    return [
        Rating(**one | {"rated_at": datetime.fromisoformat(one["rated_at"])}) for one in ticket.ratings_told
    ]


def identities_of(ticket: Ticket) -> list[ContactIdentity]:
    return [ContactIdentity(contact=ticket.contact, **one) for one in ticket.identities_told]
