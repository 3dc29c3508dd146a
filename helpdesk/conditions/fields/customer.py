"""Who asks, and what they have asked and said before."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Avg, Count, F, IntegerField, Min, Q, QuerySet, TextField, Value, When
from django.db.models import Case as Told
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce, Floor
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import choices
from helpdesk.conditions.cases import Case
from helpdesk.conditions.fields.base import (
    NUMERIC,
    OF_CONTACT,
    OF_PEOPLE,
    Field,
    Over,
    Sql,
    first_of,
    key_of,
    seconds_since,
    texts_of,
)
from helpdesk.tickets.models import Survey, Ticket
from helpdesk.tickets.querysets import UNFINISHED

UNFINISHED_Q = Q(status__in=UNFINISHED, is_spam=False, trashed_at=None)


def newness(case: Case) -> list[str]:
    return ["new" if case.is_first_ticket else "known"]


def of_contact(over: Over) -> QuerySet:
    """The tickets of the same customer."""
    return Ticket.objects.filter(contact=over.outer("contact_id")).order_by().values("contact")


def newness_sql(over: Over) -> list:
    oldest = first_of(of_contact(over).annotate(oldest=Min("id")), "oldest")
    own = F("ticket_id" if over.prefix else "pk")
    return [
        Told(When(Exact(own, oldest), then=Value("new")), default=Value("known"), output_field=TextField())
    ]


def tenure(case: Case) -> Decimal:
    """Whole days since they were first known."""
    return Decimal((case.at - case.contact.created_at) // timedelta(days=1))


def tenure_sql(over: Over) -> BaseExpression:
    return Floor(seconds_since(over, over.of_ticket("contact__created_at")) / Value(Decimal(86_400), NUMERIC))


def number_of_tickets(*, only: Q | None = None) -> Sql:
    def sql(over: Over) -> BaseExpression:
        found = of_contact(over).annotate(number=Count("id", filter=only))
        return Coalesce(first_of(found, "number"), Value(0), output_field=IntegerField())

    return sql


def ratings_of_contact(over: Over) -> QuerySet:
    return Survey.objects.filter(ticket__contact=over.outer("contact_id"), score__isnull=False)


def last_rating_sql(over: Over) -> BaseExpression:
    return first_of(ratings_of_contact(over).order_by("-rated_at", "-id"), "score")


def mean_rating_sql(over: Over) -> BaseExpression:
    means = ratings_of_contact(over).order_by().values("ticket__contact").annotate(mean=Avg("score"))
    return first_of(means, "mean")


CUSTOMER_FIELDS = (
    Field("customer", _("The customer"), "state", newness, newness_sql, choices.customer_states),
    Field(
        "tenure",
        _("Customer for"),
        "number",
        tenure,
        tenure_sql,
        unit=_("days"),
        of=OF_CONTACT,
        scopes=OF_PEOPLE,
    ),
    Field(
        "tickets",
        _("Number of their tickets"),
        "number",
        lambda case: Decimal(case.known.tickets),
        number_of_tickets(),
        of=OF_CONTACT,
        scopes=OF_PEOPLE,
    ),
    Field(
        "open_tickets",
        _("Number of their open tickets"),
        "number",
        lambda case: Decimal(case.known.open_tickets),
        number_of_tickets(only=UNFINISHED_Q),
        of=OF_CONTACT,
        scopes=OF_PEOPLE,
    ),
    Field(
        "last_rating",
        _("Their last rating"),
        "number",
        lambda case: case.known.last_rating,
        last_rating_sql,
        hint="1 – 5",
        of=OF_CONTACT,
        scopes=OF_PEOPLE,
    ),
    Field(
        "mean_rating",
        _("Average of their ratings"),
        "number",
        lambda case: case.known.mean_rating,
        mean_rating_sql,
        hint="1 – 5",
        of=OF_CONTACT,
        scopes=OF_PEOPLE,
    ),
    Field(
        "company",
        _("Company"),
        "text",
        lambda case: key_of(case.company),
        texts_of("contact__company__name"),
        of=OF_CONTACT,
        scopes=OF_PEOPLE,
    ),
)
