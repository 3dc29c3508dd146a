"""Whom a message is for, by the table that all rules share (helpdesk.conditions).

What only the page knows (its address, how long and how far somebody reads) is tried in the visitor's browser; all else is
decided here, and never leaves the server. What of it the database must be asked for is answered before, and kept at hand.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from helpdesk.conditions import compile_group, find_field, normal_group
from helpdesk.conditions.cases import Case, case_of_contact, case_of_moment
from helpdesk.conditions.fields.base import OF_CONTACT
from helpdesk.conditions.groups import ANY, Group, Holds, Line, all_lines, is_group
from helpdesk.conditions.moments import Moment
from helpdesk.conditions.reading import number_of, one_of
from helpdesk.people.models import Contact
from helpdesk.proactive.models import ProactiveMessage

# As the browser knows them (teaser.js). A pattern of stars can't keep it busy, a regular expression could.
IN_PAGE = {
    "visit_page": "page",
    "page_seconds": "page_seconds",
    "site_seconds": "site_seconds",
    "scroll": "scroll",
}
HOW = {
    "contains": "contains",
    "contains_not": "contains_not",
    "starts_with": "starts",
    "is": "is",
    "matches": "like",
    "at_least": "at_least",
}
Held = Mapping[str, bool]  # what the database says of a customer, by key_of
Left = bool | dict[str, Any]


def left_to_try(message: ProactiveMessage, moment: Moment, held: Held) -> dict[str, Any] | None:
    """What the browser has still to try before it shows the message: {any, if: [{field, op, value} or the same once more]},
    nothing in `if` where it is for this visitor at once. None where it can't come to them."""
    group, case = normal_group(message.conditions), case_of_moment(moment)
    left = left_of(group, case, held)
    if left is False:
        return None
    return {"any": group["match"] == ANY, "if": []} if left is True else left


def left_of(group: Group, case: Case, held: Held) -> Left:
    """Whether the group holds, as far as it is known here; else what of it is left to the browser."""
    is_any = group["match"] == ANY
    lines = [line for line in group["lines"] if not is_group(line) or line["lines"]]
    left = []
    for line in lines:
        one = left_of(line, case, held) if is_group(line) else left_of_line(line, case, held)
        if one is is_any:  # one that holds is enough for any, one that does not is too many for all
            return is_any
        if not isinstance(one, bool):
            left.append(one)
    return {"any": is_any, "if": left} if left else not (is_any and lines)


def left_of_line(line: Line, case: Case, held: Held) -> Left:
    if (field := IN_PAGE.get(line["field"])) and line["op"] in HOW:
        value = as_written(line)
        return value is not None and {"field": field, "op": HOW[line["op"]], "value": value}
    key = key_of(line)
    if key in held:
        return held[key]
    return not is_of_database(line) and test_of(key)(case)


def as_written(line: Line) -> str | None:
    """What the browser compares with: a number as programs write it. None for what is no number: stored before such were
    refused, it holds for nobody, and the browser would reckon with NaN."""
    value = one_of(line["value"])
    if line["op"] != "at_least":
        return value
    number = number_of(value)
    return None if number is None else str(number)


def held_of(contact: Contact | None, messages: Iterable[ProactiveMessage]) -> dict[str, bool]:
    """What the database says of this customer, of all that these messages ask of it."""
    lines = [line for one in messages for line in all_lines(normal_group(one.conditions))]
    asked = [line for line in lines if is_of_database(line)]
    case = case_of_contact(contact) if asked else None
    return {key_of(line): compile_group([line])(case) for line in asked}


def is_of_database(line: Line) -> bool:
    field = find_field(line["field"])
    return field is not None and field.of == OF_CONTACT


def key_of(line: Line) -> str:
    return json.dumps(line, sort_keys=True)


@lru_cache(maxsize=512)
def test_of(key: str) -> Holds:
    """Of what is no matter of the database: each sign of life asks the same few."""
    return compile_group([json.loads(key)])
