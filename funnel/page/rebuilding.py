"""What the page says while the report is being reckoned under other settings."""

from dataclasses import dataclass

from funnel.page.reporting import say_reason
from funnel.tallies.editions import building_edition


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
