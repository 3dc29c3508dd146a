"""Medians from the rows themselves, where a period holds few enough of them to sort."""

from collections.abc import Hashable
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, F, FloatField, Func, QuerySet

from funnel.models import Edition, SupportConversation
from funnel.report.rows import within
from funnel.report.scope import Scope
from funnel.report.totals import FIRST_RESPONSE, TIME_TO_CLOSE, Spread
from funnel.sessions.facts import AGENT

MOST = 20_000  # answers and closes in a period; beyond that the buckets of the tallies are read
WHOLE = "whole"


class Quantiles(Aggregate):
    """Median and ninth decile of a column: percentile_cont, the mean of neighbours where it falls between two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())


def spreads_from_rows(
    edition: Edition, start: datetime, end: datetime, scope: Scope, *, by: str = ""
) -> dict[Hashable, dict[str, Spread]]:
    """The spreads of each value of `by` (channel, department, language, tag or agent), or of the WHOLE.

    First responses by the moment of the reply, times to close by the moment of the team's last close.
    """
    rows = SupportConversation.objects.filter(within(scope), edition=edition.facts_id, is_spam=False)
    replied = rows.filter(replied_at__gte=start, replied_at__lt=end)
    closed = rows.filter(is_open=False, closed_by=AGENT, closed_at__gte=start, closed_at__lt=end)
    found: dict[Hashable, dict[str, Spread]] = {}
    for queryset, name, agent in (
        (replied, FIRST_RESPONSE, "first_replier"),
        (closed, TIME_TO_CLOSE, "closer"),
    ):
        for key, calendar, business in quantiles_of(queryset, name, by=agent if by == "agent" else by):
            spreads = found.setdefault(key, {})
            spreads[name] = Spread(*(calendar or (None, None)))
            spreads[f"{name}_business"] = Spread(*(business or (None, None)))
    return found


def quantiles_of(rows: QuerySet, name: str, *, by: str) -> list[tuple]:
    """(value of `by`, quantiles of `name`, quantiles of its business twin)."""
    both = (Quantiles(F(name)), Quantiles(F(f"{name}_business")))
    if not by:
        found = rows.aggregate(calendar=both[0], business=both[1])
        return [(WHOLE, found["calendar"], found["business"])]
    key = Func(F("tags"), function="unnest") if by == "tag" else F(by)
    return list(
        rows.annotate(key=key)
        .values("key")
        .annotate(calendar=both[0], business=both[1])
        .order_by()
        .values_list("key", "calendar", "business")
    )
