"""What a report is made of, whether it was counted from stored tallies or in memory from a history."""

from collections import Counter
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

    @property
    def by_end(self) -> dict[str, int]:
        """Sessions by how they ended, each of paths.ENDS."""
        ends = [0] * len(paths.ENDS)
        for code, sessions in self.flow.items():
            ends[code % len(ends)] += sessions
        return dict(zip(paths.ENDS, ends, strict=True))


NO_TOTALS = Totals()
