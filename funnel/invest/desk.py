"""What the rules look at: the last full months of the edition that reports are read from."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.apps import apps
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Mod

from funnel.models import Assumptions, Edition, SupportConversation, SupportSession
from funnel.report.estimates import share
from funnel.report.period import Period, add_months, last_months
from funnel.sessions import nodes, paths
from funnel.sessions.facts import CUSTOMER
from funnel.tallies.editions import current_edition

HALF = 0.5  # of readers are taken to be helped where nobody has read anything yet
MOST_READ = 50_000  # rows of one question; of more an even sample is read


@dataclass(frozen=True)
class Desk:
    """The desk as it stands at `now`, by `edition`. Months are whole and those of the reporting time zone."""

    edition: Edition
    now: datetime

    @cached_property
    def month(self) -> Period:
        """The last month that is over."""
        return self.this_month.previous()

    @property
    def this_month(self) -> Period:
        zone = self.edition.zone
        return last_months(1, today=self.now.astimezone(zone).date(), zone=zone)

    @cached_property
    def quarter(self) -> Period:
        """The last three months that are over."""
        return Period(add_months(self.month.since, -2), self.month.until, self.month.zone)

    @cached_property
    def before(self) -> Period:
        """The month before `month`."""
        return self.month.previous()

    @cached_property
    def quarter_before(self) -> Period:
        """The three months before `month`."""
        return Period(add_months(self.month.since, -3), self.before.until, self.month.zone)

    def sessions(self, period: Period) -> QuerySet[SupportSession]:
        """Those begun in the period whose end is known."""
        return SupportSession.objects.filter(
            edition_id=self.edition.facts_id,
            started_at__gte=period.start,
            started_at__lt=period.end,
            matures_at__lte=self.now,
        )

    def conversations(self, period: Period, by: str = "started_at") -> QuerySet[SupportConversation]:
        """Those customers began, without spam, by the day of the moment `by`."""
        return SupportConversation.objects.filter(
            **{f"{by}__gte": period.start, f"{by}__lt": period.end},
            edition_id=self.edition.facts_id,
            started_by=CUSTOMER,
            is_spam=False,
        )

    @cached_property
    def readers_helped(self) -> float:
        """Share of those who read an article in the last three months and were helped by it."""
        readers = self.sessions(self.quarter).filter(views__gt=0)
        helped = readers.filter(path__in=paths.codes_ending(nodes.RESOLVED_BY_ARTICLES))
        known = share(helped.count(), readers.count())
        return HALF if known is None else known

    @cached_property
    def minutes(self) -> float:
        """Minutes of work on a simple conversation."""
        return float(Assumptions.get().minutes_per_conversation)

    @cached_property
    def departments(self) -> dict[int, str]:
        return dict(apps.get_model("routing", "Department").objects.values_list("pk", "name"))

    @cached_property
    def restricted(self) -> Q:
        """Conversations whose words only some of the team may see."""
        model = apps.get_model("routing", "Department")
        return Q(department__in=list(model.objects.filter(is_restricted=True).values_list("pk", flat=True)))

    def team_hours(self, conversations: float) -> float:
        """The team's work on so many simple conversations."""
        return conversations * self.minutes / 60


def sampled(rows: QuerySet, by: str = "ticket", most: int = MOST_READ) -> tuple[QuerySet, int]:
    """An even sample of at most about `most` rows, and how many rows each of them stands for."""
    step = max(1, -(-rows.count() // most))
    return (rows if step == 1 else rows.annotate(place=Mod(F(by), step)).filter(place=0)), step


def desk_at(now: datetime) -> Desk | None:
    """None before the first reckoning."""
    edition = current_edition()
    return Desk(edition, now) if edition else None


def in_months(count: float, period: Period) -> float:
    """So many in the period as so many a month."""
    return count / len(list(period.months()))
