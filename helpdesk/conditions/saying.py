"""Conditions in words, for lists and logs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helpdesk.conditions import reading
from helpdesk.conditions.choices import Choices
from helpdesk.conditions.fields import find_field
from helpdesk.conditions.groups import is_group, normal_group
from helpdesk.conditions.operators import OPERATORS


@dataclass
class Offers:
    """What can be chosen, asked for once a page."""

    known: dict[Callable[[], Choices], Choices] = field(default_factory=dict)

    def of(self, source: Callable[[], Choices] | None) -> Choices:
        if source is None:
            return []
        if source not in self.known:
            self.known[source] = source()
        return self.known[source]

    def label(self, source: Callable[[], Choices] | None, value: str) -> str:
        return dict(self.of(source)).get(value, value)


@dataclass(frozen=True)
class Said:
    """One condition in words: ("Channel", "is", "Email"); an inner group has `lines` instead."""

    label: str = ""
    operator: str = ""
    value: str = ""
    match: str = ""
    lines: tuple["Said", ...] = ()


def say_group(stored: Any, offers: Offers) -> Said:
    """The whole group, for a template to print."""
    group = normal_group(stored)
    lines = (say_group(line, offers) if is_group(line) else say_line(line, offers) for line in group["lines"])
    return Said(match=group["match"], lines=tuple(lines))


def say_line(line: dict[str, Any], offers: Offers) -> Said:
    what, operator = find_field(line["field"]), OPERATORS.get(line["op"])
    if what is None or operator is None:
        return Said(line["field"], line["op"], ", ".join(reading.keys_of(line.get("value", ""))))
    keys = reading.keys_of(line.get("value", "")) if operator.needs_value else []
    value = ", ".join(offers.label(what.offers, key) for key in keys)
    is_with_unit = bool(keys and what.unit) and operator.input != "days"
    return Said(str(what.label), str(operator.label), f"{value} {what.unit}" if is_with_unit else value)
