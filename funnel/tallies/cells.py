"""Which parts of the desk are kept as tallies of their own: one table, for those who write them and those who read them."""

from dataclasses import dataclass
from typing import NamedTuple

from funnel.models import Tally

ALL = "*"
NO_DEPARTMENT = "none"
PARTS = ("channel", "department", "language")


class Key(NamedTuple):
    """One part of the desk, in a tally's own words; "*" is all of a dimension."""

    channel: str = ALL
    department: str = ALL
    language: str = ALL
    agent: str = ALL
    tag: str = ALL


WHOLE = Key()


@dataclass(frozen=True, slots=True)
class Grouping:
    """`by`: the dimensions that rows are grouped by. `margins`: those of them of which "*" is wanted too."""

    by: tuple[str, ...] = ()
    margins: tuple[str, ...] = ()

    def holds(self, key: Key) -> bool:
        """Whether its groups or their margins have this key."""
        fixed = {dimension for dimension, value in key._asdict().items() if value != ALL}
        return set(self.by) - set(self.margins) <= fixed <= set(self.by)

    @property
    def summed(self) -> tuple[str, ...]:
        """The margins that are sums. That of the tags is not, where things have several or none."""
        return tuple(dimension for dimension in self.margins if dimension != "tag")


UNDIVIDED = Grouping()

# No key is held by two groupings of one grain: each tally is counted once.
KEPT = {
    Tally.Grain.DAY: (
        Grouping(PARTS, margins=PARTS),
        Grouping(("tag",)),
        Grouping(("agent",)),
    ),
    Tally.Grain.MONTH: (
        Grouping((*PARTS, "tag"), margins=(*PARTS, "tag")),
        Grouping(("agent", "channel"), margins=("channel",)),
        Grouping(("agent", "department")),
        Grouping(("agent", "language")),
        Grouping(("agent", "tag")),
    ),
}


def is_kept(grain: str, key: Key) -> bool:
    """Whether there is a tally of this key for every day or month in which it had anything."""
    return any(grouping.holds(key) for grouping in KEPT[Tally.Grain(grain)])
