"""What a report is made of, whether it was counted from stored tallies or in memory from a history."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from funnel.sessions import paths

FIRST_RESPONSE, TIME_TO_CLOSE = "first_response", "time_to_close"
DURATIONS = (
    FIRST_RESPONSE,
    f"{FIRST_RESPONSE}_business",
    TIME_TO_CLOSE,
    f"{TIME_TO_CLOSE}_business",
)
HOURS_A_WEEK = 168


@dataclass(frozen=True)
class Spread:
    """Quantiles of durations in seconds; None where there were none. `is_exact`: not read from buckets."""

    median: float | None = None
    ninetieth: float | None = None  # nine of ten took less
    is_exact: bool = True


NO_SPREAD = Spread()


@dataclass
class Totals:
    """Counts of one part of the desk in one span of time: `flow` by path code, `counts` by counters.NAMES."""

    flow: Counter[int] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def sessions(self) -> int:
        return sum(self.flow.values())

    def ending(self, ends: Iterable[str]) -> int:
        return sum(self.flow.get(code, 0) for code in paths.codes_ending(*ends))
