"""The conversations that the demo's history is told from, read from talks/LANGUAGE.txt.

    == name | department | tags | weight [| priority] [| months 11 12]
    ? subject, one a line
    C what the customer writes; A what an agent answers; N a note of an agent
    / the same turn in other words

A telling keeps to one of the wordings from turn to turn, so that answers fit their questions.
`{order}` and the like are filled in from shop.py.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("talks")
PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4}
CUSTOMER, AGENT, NOTE = "C", "A", "N"


@dataclass
class Turn:
    who: str  # CUSTOMER, AGENT or NOTE
    wordings: list[str]

    def wording(self, number: int) -> str:
        """Where a turn has fewer wordings than others of its talk, the first fits all the rest."""
        return self.wordings[number if number < len(self.wordings) else 0]


@dataclass
class Talk:
    name: str
    department: str
    tags: list[str]
    weight: int
    priority: int = PRIORITIES["normal"]
    months: frozenset[int] = frozenset(range(1, 13))
    subjects: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    @property
    def wordings(self) -> int:
        return max(len(turn.wordings) for turn in self.turns)


@cache
def read_talks(language: str) -> list[Talk]:
    """All talks of one language, in the order of the file."""
    talks: list[Talk] = []
    for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        mark, text = line.split(" ", 1)
        if mark == "==":
            talks.append(read_head(text))
        elif mark == "?":
            talks[-1].subjects.append(text)
        elif mark == "/":
            talks[-1].turns[-1].wordings.append(text)
        else:
            talks[-1].turns.append(Turn(mark, [text]))
    return talks


def read_head(text: str) -> Talk:
    name, department, tags, weight, *options = (part.strip() for part in text.split("|"))
    talk = Talk(name, department, [tag.strip() for tag in tags.split(",")], int(weight))
    for option in options:
        if option.startswith("months "):
            talk.months = frozenset(map(int, option.split()[1:]))
        else:
            talk.priority = PRIORITIES[option]
    return talk
