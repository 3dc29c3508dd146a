"""What came of each message lately. The report counts the same from the ledger, over any time."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet

from helpdesk import clock
from helpdesk.proactive.models import ProactiveMessage

DAYS = 30
OPENED_WITHIN = timedelta(days=7)  # as the funnel has it


@dataclass(frozen=True)
class Figures:
    """Visitors that it was shown to in the last 30 days, and those of them who opened it, answered it, and did what it is for."""

    sent: int
    opened: int
    answered: int
    reached: int

    @property
    def opened_rate(self) -> float | None:
        return 100 * self.opened / self.sent if self.sent else None

    @property
    def answered_rate(self) -> float | None:
        return 100 * self.answered / self.sent if self.sent else None

    @property
    def reached_rate(self) -> float | None:
        return 100 * self.reached / self.sent if self.sent else None


def with_figures(messages: QuerySet[ProactiveMessage]) -> QuerySet[ProactiveMessage]:
    """With `sent`, `opened`, `answered` and `reached` of the last 30 days, in the order of the list."""
    lately = Q(sendings__shown_at__gte=clock.now() - timedelta(days=DAYS))
    opened = Q(sendings__opened_at__lte=F("sendings__shown_at") + OPENED_WITHIN)
    return messages.annotate(
        sent=Count("sendings", filter=lately),
        opened=Count("sendings", filter=lately & opened),
        answered=Count("sendings", filter=lately & Q(sendings__answered_at__isnull=False)),
        reached=Count("sendings", filter=lately & Q(sendings__goal_at__isnull=False)),
    ).order_by("position", "id")


def figures_of(message: ProactiveMessage) -> Figures:
    """Of a message that `with_figures` has read."""
    return Figures(message.sent, message.opened, message.answered, message.reached)
