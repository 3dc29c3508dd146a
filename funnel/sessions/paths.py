"""A session's way through the flow as a small number, for storing and counting.

Where it came from, whether it passed the articles, the bot and the team, and how it ended: that is all a path can be.
"""

from funnel.sessions import nodes

ENDS = (
    nodes.RESOLVED_BY_ARTICLES,
    nodes.RESOLVED_BY_BOT,
    nodes.RESOLVED_OUTRIGHT,
    nodes.RESOLVED_AFTER,
    nodes.NOT_RESOLVED,
    nodes.STILL_OPEN,
)
STILL_OPEN = ENDS.index(nodes.STILL_OPEN)
COUNT = 2**4 * len(ENDS)


def path_of(code: int) -> tuple[str, ...]:
    """The nodes from source to end. `code` is the ends' number plus six times the four bits of the way."""
    way, end = divmod(code, len(ENDS))
    path = [nodes.AFTER_PROACTIVE if way & 1 else nodes.ON_THEIR_OWN]
    if way & 2:
        path.append(nodes.ARTICLES)
    if way & 4:
        path.append(nodes.BOT)
    if way & 8:
        path.append(nodes.TEAM_AFTER if way & 6 else nodes.TEAM_DIRECT)
    return (*path, ENDS[end])


PATHS = tuple(path_of(code) for code in range(COUNT))
CODE = {path: code for code, path in enumerate(PATHS)}


def code_of(path: tuple[str, ...]) -> int:
    return CODE[path]


def as_open(code: int) -> int:
    """The same way, still without an end."""
    return code - code % len(ENDS) + STILL_OPEN


def codes_through(source: str, target: str) -> list[int]:
    """The codes of all paths on which `target` comes right after `source`: what a band stands for."""
    return [code for code, path in enumerate(PATHS) if (source, target) in zip(path, path[1:], strict=False)]


def codes_ending(*ends: str) -> list[int]:
    return [code for code, path in enumerate(PATHS) if path[-1] in ends]


def codes_with(node: str) -> list[int]:
    return [code for code, path in enumerate(PATHS) if node in path]
