"""What customers said of the help, as far as somebody may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.people.models import User
from helpdesk.tickets.models import Survey, Ticket

GOOD_FROM = 4  # of five: metrics.md, CSAT
PERIOD = timedelta(days=30)
KINDS = {"bad": Q(score__lt=GOOD_FROM), "good": Q(score__gte=GOOD_FROM), "said": ~Q(comment="")}


@dataclass(frozen=True)
class Asked:
    """Which ratings: of one department or agent (ids), good, bad or with a comment; "" and None for all."""

    department: int | None = None
    agent: int | None = None
    kind: str = ""


@dataclass(frozen=True)
class Summary:
    """Of the last 30 days."""

    rated: int
    good: int
    asked: int

    @property
    def percent(self) -> float | None:
        return 100 * self.good / self.rated if self.rated else None


def read_asked(query: Mapping[str, str]) -> Asked:
    kind = query.get("kind", "")
    if kind and kind not in KINDS:
        raise Invalid(field="kind")
    return Asked(number(query, "department"), number(query, "agent"), kind)


def number(query: Mapping[str, str], name: str) -> int | None:
    value = query.get(name, "")
    if value and not (value.isdecimal() and len(value) < 10):
        raise Invalid(field=name)
    return int(value) if value else None


def ratings_for(user: User, asked: Asked) -> QuerySet:
    """The ratings that `user` may read."""
    rated = of_asked(seen_by(user), asked).filter(rated_at__isnull=False)
    if asked.kind:
        rated = rated.filter(KINDS[asked.kind])
    return rated.select_related("ticket__contact", "ticket__department", "agent")


def summary_for(user: User, asked: Asked) -> Summary:
    """Good ones of those rated in the last 30 days, and how many were asked in that time."""
    since = clock.now() - PERIOD
    rated = of_asked(seen_by(user), asked).filter(rated_at__gte=since)
    counts = rated.aggregate(rated=Count("pk"), good=Count("pk", filter=Q(score__gte=GOOD_FROM)))
    return Summary(**counts, asked=of_asked(seen_by(user), asked).filter(sent_at__gte=since).count())


def seen_by(user: User) -> QuerySet:
    return Survey.objects.filter(ticket__in=Ticket.objects.in_sight_of(user).real())


def of_asked(surveys: QuerySet, asked: Asked) -> QuerySet:
    if asked.department:
        surveys = surveys.filter(ticket__department=asked.department)
    return surveys.filter(agent=asked.agent) if asked.agent else surveys
