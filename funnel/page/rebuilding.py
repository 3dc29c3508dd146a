"""What the page says while the report is being reckoned under other settings."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from funnel.models import Edition
from funnel.page.reporting import say_reason
from funnel.report.wording import say_day
from funnel.tallies.editions import building_edition
from helpdesk import clock

TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Rebuilding:
    reason: str
    percent: int


def rebuilding() -> Rebuilding | None:
    """None where nothing is being rebuilt. The very first reckoning has no old settings to be seen under."""
    edition = building_edition()
    if edition is None or edition.reason == "first":
        return None
    percent = min(99, edition.done * 100 // edition.steps) if edition.steps else 0
    return Rebuilding(say_reason(edition), percent)


def rebuilt(edition: Edition | None) -> str:
    """A sentence on why older figures may differ from those somebody remembers; "" a month after the change."""
    if edition is None or edition.reason in ("first", "asked") or edition.finished_at is None:
        return ""
    if clock.now() - edition.finished_at > TOLD_FOR:
        return ""
    day = say_day(edition.finished_at.astimezone(edition.zone).date())
    return _("Reckoned anew on %(day)s: %(reason)s.") % {"day": day, "reason": say_reason(edition)}
