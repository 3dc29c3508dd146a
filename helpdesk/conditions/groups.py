"""Conditions in groups: read as they are stored, compiled once, and asked of cases."""

from collections.abc import Callable, Sequence
from typing import Any

from helpdesk.conditions.cases import Case
from helpdesk.conditions.fields import find_field
from helpdesk.conditions.operators import OPERATORS

Group = dict[str, Any]
Line = dict[str, Any]
Holds = Callable[[Case], bool]
ALL, ANY = "all", "any"
NOTHING_ASKED: Group = {"match": ALL, "lines": []}


def normal_group(stored: Any) -> Group:
    """A group as it should be stored, of whatever is: a list of lines is a group of which all hold, nothing asks nothing."""
    if isinstance(stored, list):
        stored = {"lines": stored}
    stored = stored or NOTHING_ASKED
    return {"match": stored.get("match", ALL), "lines": list(stored.get("lines", []))}


def is_group(line: Line) -> bool:
    return "lines" in line


def compile_group(stored: Any) -> Holds:
    """What tells of a case whether the conditions hold. What is wanted is read here, once.

    A group without lines always holds, and one inside another is as if it were not there; a line that asks what is no more
    never holds.
    """
    group = normal_group(stored)
    tests = [compile_line(line) for line in group["lines"] if not is_group(line) or line["lines"]]
    if not tests:
        return lambda case: True
    if len(tests) == 1:
        return tests[0]
    return any_of(tests) if group["match"] == ANY else all_of(tests)


# Plain loops: with hundreds of rules on every event the generators inside any() and all() are half of the work.
def any_of(tests: Sequence[Holds]) -> Holds:
    def holds(case: Case) -> bool:
        for test in tests:  # noqa: SIM110
            if test(case):
                return True
        return False

    return holds


def all_of(tests: Sequence[Holds]) -> Holds:
    def holds(case: Case) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(case):
                return False
        return True

    return holds


def compile_line(line: Line) -> Holds:
    if is_group(line):
        return compile_group(line)
    field, operator = find_field(line.get("field", "")), OPERATORS.get(line.get("op", ""))
    if field is None or operator is None or not operator.fits(field.kind):
        return lambda case: False
    holds = operator.prepare(field.kind, line.get("value", ""))
    return lambda case: holds(case.read(field))


def explain(stored: Any, case: Case) -> list[tuple[Line, bool, Any]]:
    """(line, whether it held, the value as it was) of every line, those of inner groups too, in order; for logs. The value
    is as JSON can hold it."""
    return [
        (line, compile_line(line)(case), value_as_it_was(line, case))
        for line in all_lines(normal_group(stored))
    ]


def all_lines(group: Group) -> list[Line]:
    return [inner for line in group["lines"] for inner in (all_lines(line) if is_group(line) else [line])]


LONGEST_VALUE = 200  # characters of a text in a log


def value_as_it_was(line: Line, case: Case) -> Any:
    field = find_field(line.get("field", ""))
    if field is None:
        return None
    value = case.read(field)
    if isinstance(value, list | tuple):
        return [str(each)[:LONGEST_VALUE] for each in value]
    return value if value is None or isinstance(value, bool) else str(value)
