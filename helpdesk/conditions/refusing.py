"""Why a condition could not be asked: every fault with its place."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from helpdesk.conditions import reading
from helpdesk.conditions.choices import Choices
from helpdesk.conditions.fields import Field, find_field
from helpdesk.conditions.groups import ALL, ANY, Group, is_group, normal_group
from helpdesk.conditions.operators import OPERATORS, Operator, tags_of
from helpdesk.conditions.reading import Wanted

LONGEST_VALUE = 2000
LONGEST_NAME = 60
MOST_LINES = 30
MOST_TOGETHER = 100  # with those of inner groups: a view asks them of thousands of tickets


def faults_of(stored: Any, *, scope: str = "", place: str = "conditions") -> Iterator[tuple[str, str]]:
    """(place, reason) of everything that is wrong; places are conditions, conditions.0, conditions.2.1 ...

    `scope`: where it is asked (fields.EVENT ...), so that what can't be known there is refused.
    """
    group = normal_group(stored)
    if group["match"] not in (ALL, ANY):
        yield place, _("Choose all or any.")
    if len(group["lines"]) > MOST_LINES:
        yield place, _("At most %(most)s lines.") % {"most": MOST_LINES}
    elif sum(len(line["lines"] or ()) if is_group(line) else 1 for line in group["lines"]) > MOST_TOGETHER:
        yield place, _("At most %(most)s lines.") % {"most": MOST_TOGETHER}
    for number, line in enumerate(group["lines"][:MOST_LINES]):
        at = f"{place}.{number}"
        if is_group(line):
            yield from faults_of_inner(line, scope=scope, place=at)
        elif fault := line_fault(line, scope):
            yield at, fault


def faults_of_inner(group: Group, *, scope: str, place: str) -> Iterator[tuple[str, str]]:
    if not group["lines"]:
        yield place, _("Add a condition, or remove the group.")
    elif any(is_group(line) for line in group["lines"]):
        yield place, _("A group inside a group holds no further groups.")
    else:
        yield from faults_of(group, scope=scope, place=place)


def line_fault(line: dict[str, Any], scope: str = "") -> str:
    """What is wrong with it, "" where nothing is."""
    field, operator = find_field(str(line.get("field", ""))), OPERATORS.get(str(line.get("op", "")))
    if field is None or (scope and scope not in field.scopes):
        return _("There is no such field.")
    if field.called is not None and (fault := name_fault(field.called)):
        return fault
    if operator is None or operator not in field.operators:
        return _("This comparison does not fit the field.")
    if not operator.needs_value:
        return ""
    value = line.get("value", "")
    return length_fault(value) or value_fault(field, operator, value)


def name_fault(called: str) -> str:
    if not called:
        return _("Name what you mean, such as plan or cart_total.")
    return "" if len(called) <= LONGEST_NAME else _("At most %(most)s characters.") % {"most": LONGEST_NAME}


def value_fault(field: Field, operator: Operator, value: Wanted) -> str:
    if operator.input == "days":
        return "" if reading.whole_days(value) is not None else _("Write a number of days.")
    if operator.input == "two":
        return "" if reading.two_numbers(value) else _("Write two numbers, the smaller one first.")
    if field.kind in ("choice", "state"):
        return choice_fault(reading.keys_of(value), field.offers)
    if not READABLE[field.kind](value):
        return str(REASONS[field.kind])
    if field.most and not 0 <= reading.number_of(reading.one_of(value)) <= field.most:
        return _("A number from 0 to %(most)s.") % {"most": field.most}
    return ""


REASONS: dict[str, str | Promise] = {
    "text": _lazy("Write what to compare with."),
    "tags": _lazy("Write what to compare with."),
    "number": _lazy("Write a number, such as 12 or 9.50."),
    "duration": _lazy("Write a time, such as 30 minutes."),
    "yes_no": _lazy("Choose yes or no."),
    "date": _lazy("Choose a day."),
}
READABLE: dict[str, Callable[[Wanted], Any]] = {
    "text": reading.terms_of,
    "tags": tags_of,
    "number": lambda value: reading.number_of(reading.one_of(value)) is not None,
    "duration": lambda value: reading.seconds_of(value) is not None,
    "yes_no": lambda value: reading.one_of(value) in ("yes", "no"),
    "date": lambda value: reading.date_of(reading.one_of(value)) is not None,
}


def choice_fault(keys: list[str], offers: Callable[[], Choices]) -> str:
    if not keys:
        return _("Choose one.")
    return "" if set(keys) <= dict(offers()).keys() else _("This is no longer there. Choose another.")


def length_fault(value: Wanted) -> str:
    length = sum(map(len, reading.keys_of(value)))
    return "" if length <= LONGEST_VALUE else _("At most %(most)s characters.") % {"most": LONGEST_VALUE}
