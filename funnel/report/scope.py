"""Which part of the desk to look at; everything, unless told otherwise."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scope:
    """What is empty holds everything. A department of None is "no department"; of tags there is one at most, since
    a conversation can have several and would count twice."""

    channels: frozenset[str] = frozenset()
    departments: frozenset[Hashable] = frozenset()
    languages: frozenset[str] = frozenset()
    tag: str = ""

    def holds(self, thing: Any) -> bool:
        """Whether a session, conversation or sending is part of it."""
        return (
            (not self.channels or thing.channel in self.channels)
            and (not self.departments or thing.department in self.departments)
            and (not self.languages or thing.language in self.languages)
            and (not self.tag or self.tag in thing.tags)
        )

    @property
    def filters(self) -> int:
        """In how many dimensions it is less than everything."""
        return sum(map(bool, (self.channels, self.departments, self.languages, self.tag)))


EVERYTHING = Scope()
