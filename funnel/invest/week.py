"""The week in spans of two hours, and stretches of it that repeat on several days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LENGTH = 2  # hours of a span
A_NIGHT = 4  # spans too quiet to say that may follow a run: nobody answers before they are over
A_DAY = 24 // LENGTH
A_WEEK = 7 * A_DAY


@dataclass(frozen=True)
class Stretch:
    """From span `start` on, `length` spans, the same on each of `days` (0 is Monday; the day it begins)."""

    days: tuple[int, ...]
    start: int  # span of the day it begins
    length: int

    @property
    def spans(self) -> frozenset[int]:
        """Which spans of the week it holds."""
        return frozenset(
            (day * A_DAY + self.start + place) % A_WEEK for day in self.days for place in range(self.length)
        )

    @property
    def is_over_days(self) -> bool:
        """Whether it goes on for more than one night, as a weekend does."""
        return self.length > A_DAY

    @property
    def opens(self) -> int:
        """The hour at which it begins."""
        return self.start * LENGTH

    @property
    def closes(self) -> int:
        """The hour at which it ends; 24 for midnight."""
        return (self.start + self.length - 1) % A_DAY * LENGTH + LENGTH

    @property
    def last_day(self) -> int:
        """The day on which it ends, for one that begins on the first of its days."""
        return (self.days[0] + (self.start + self.length - 1) // A_DAY) % 7

    def is_like(self, other: "Stretch") -> bool:
        """Whether it begins and ends within a span of the other, on its day; a weekend is like nothing else."""
        ends = self.start + self.length, other.start + other.length
        is_short = max(self.length, other.length) <= A_DAY and min(self.length, other.length) > 2
        return is_short and abs(self.start - other.start) <= 1 and abs(ends[0] - ends[1]) <= 1

    @property
    def word(self) -> str:
        """Its spelling in a subject."""
        return f"{''.join(map(str, self.days))}.{self.start}.{self.length}"

    @classmethod
    def from_word(cls, word: str) -> "Stretch":
        days, start, length = word.split(".")
        return cls(tuple(map(int, days)), int(start), int(length))


def span_of(weekday: int, hour: int) -> int:
    return weekday * A_DAY + hour // LENGTH


def stretches_of(slow: Sequence[bool | None]) -> list[Stretch]:
    """The runs of slow spans round the week, those alike on several days taken together.

    None is a span too quiet to say: it belongs to a run where it lies between slow ones, or in the night after them.
    """
    groups: list[list[Stretch]] = []
    for first, length in runs_of(slow):
        run = Stretch((first // A_DAY,), first % A_DAY, length)
        group = next((each for each in groups if all(run.is_like(other) for other in each)), None)
        groups.append([run]) if group is None else group.append(run)
    return [in_common(group) for group in groups]


def in_common(runs: list[Stretch]) -> Stretch:
    """What runs on several days share: their edges differ by a span at most."""
    start = max(run.start for run in runs)
    end = min(run.start + run.length for run in runs)
    return Stretch(tuple(sorted(run.days[0] for run in runs)), start, end - start)


def runs_of(slow: Sequence[bool | None]) -> Iterable[tuple[int, int]]:
    """(first span, length) of each run; the week is a ring."""
    if False not in slow:  # never fast: there is no rest of the week to compare with
        return
    turn = slow.index(False)
    ring = [(turn + place) % len(slow) for place in range(len(slow))]
    run: list[int] = []
    for span in [*ring, turn]:
        if slow[span] is not False:
            run.append(span)
            continue
        known = [place for place, each in enumerate(run) if slow[each]]
        if known:
            end = min(len(run), known[-1] + 1 + A_NIGHT)
            yield run[known[0]], end - known[0]
        run = []
