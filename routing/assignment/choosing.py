"""To whom one ticket goes, of those who are there. Pure: no clock, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Why somebody was chosen, as a trace keeps it.
LAST_AGENT, LEAST_LOADED, SKILLED = "last_agent", "least_loaded", "skilled"


@dataclass
class Candidate:
    """Somebody who is there and takes new tickets.

    `load` and `capacity` are points; `weights` says how many a ticket of a channel takes. `channels`: those they serve now,
    None for all. `given_at`: when something last came to them by itself, in seconds since 1970.
    """

    id: int
    name: str
    capacity: int
    weights: Mapping[str, int]
    departments: frozenset[int]
    skills: frozenset[int] = frozenset()
    channels: frozenset[str] | None = None
    load: int = 0
    given_at: float = 0
    given: int = field(default=0, compare=False)  # how many came in this round

    def weight_of(self, channel: str) -> int:
        return max(1, self.weights.get(channel, 1))

    def serves(self, channel: str) -> bool:
        return self.channels is None or channel in self.channels

    def has_room(self, channel: str) -> bool:
        return self.load + self.weight_of(channel) <= self.capacity

    def can_take(self, want: "Want") -> bool:
        return (
            want.department in self.departments
            and self.serves(want.channel)
            and (want.skill is None or want.skill in self.skills)
            and self.has_room(want.channel)
        )

    def fullness_with(self, channel: str) -> float:
        """Equal fractions are equal floats."""
        return (self.load + self.weight_of(channel)) / self.capacity


@dataclass(frozen=True)
class Want:
    """What a ticket needs. `last_agent` had this customer before; `missed` let it pass."""

    department: int
    channel: str
    skill: int | None = None
    last_agent: int | None = None
    missed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Choice:
    agent: Candidate
    why: str
    of: int  # how many could have taken it
    load: int  # before, in points


def choose(candidates: Iterable[Candidate], want: Want) -> Choice | None:
    """The last agent of this customer if free, else whoever is the least full in proportion to what they can carry, and of
    those who was given something the longest ago. Whoever let it pass comes only where nobody else can. None: nobody can.

    The choice is entered in the candidate's load.
    """
    able = [one for one in candidates if one.can_take(want)]
    fresh = [one for one in able if one.id not in want.missed] or able
    if not fresh:
        return None
    last = next((one for one in fresh if one.id == want.last_agent), None)
    agent = last or min(
        fresh, key=lambda one: (one.fullness_with(want.channel), one.given_at, one.given, one.id)
    )
    why = LAST_AGENT if last else SKILLED if want.skill is not None else LEAST_LOADED
    choice = Choice(agent, why, len(able), agent.load)
    agent.load += agent.weight_of(want.channel)
    agent.given += 1
    return choice
