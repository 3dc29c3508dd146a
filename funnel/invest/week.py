"""The week in spans of two hours, and stretches of it that repeat on several days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LENGTH = 2  # hours of a span
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

    None is a span too quiet to say: it belongs to a run where it lies between slow ones, never to its edge.
    """
    alike: dict[tuple[int, int], list[int]] = {}
    for first, length in runs_of(slow):
        alike.setdefault((first % A_DAY, length), []).append(first // A_DAY)
    return [Stretch(tuple(sorted(days)), start, length) for (start, length), days in alike.items()]


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
            yield run[known[0]], known[-1] - known[0] + 1
        run = []
