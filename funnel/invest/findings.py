"""What a rule answers with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from funnel.invest.desk import Desk


@dataclass(frozen=True)
class Finding:
    """One subject as its rule sees it now. `figure` is the one that should move; the rest fills the sentence.

    `is_firing`: the rule says that something should be done. The hours are what that may save in a month: the
    team's work, and customers' waiting.
    """

    subject: str
    figure: float
    is_firing: bool
    figures: dict[str, Any] = field(default_factory=dict)
    team_hours: float = 0
    waiting_hours: float = 0

    @property
    def weight(self) -> float:
        return self.team_hours + self.waiting_hours


# A rule measures everything it finds, and each of the subjects in the set: those that somebody has decided on.
Rule = Callable[[Desk, frozenset[str]], Iterable[Finding]]
