"""A part of the desk as a condition on rows, for what no tally is kept of."""

from collections.abc import Hashable
from typing import Protocol


class Part(Protocol):
    """What is empty holds everything; a department of None is "no department". report.scope.Scope is one."""

    channels: frozenset[str]
    departments: frozenset[Hashable]
    languages: frozenset[str]
    tag: str


def condition_of(part: Part | None) -> tuple[str, dict[str, object]]:
    """SQL on the columns of sessions and conversations, and the values it asks for by name."""
    if part is None:
        return "true", {}
    conditions = ["true"]
    if part.channels:
        conditions.append("channel = ANY(%(channels)s)")
    if part.departments:
        conditions.append("(department = ANY(%(departments)s) OR (department IS NULL AND %(has_none)s))")
    if part.languages:
        conditions.append("language = ANY(%(languages)s)")
    if part.tag:
        conditions.append("%(tag)s = ANY(tags)")
    return " AND ".join(conditions), {
        "channels": sorted(part.channels),
        "departments": sorted(number for number in part.departments if number is not None),
        "has_none": None in part.departments,
        "languages": sorted(part.languages),
        "tag": part.tag,
    }
