"""A trigger as its editor shows it, and back: lines with their choices, read from what the form sent."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import QueryDict

from helpdesk.tickets.text import clean_text
from routing.models import Trigger
from routing.triggers.actions import ACTIONS, Action
from routing.triggers.choices import Choices
from routing.triggers.fields import FIELDS, Field
from routing.triggers.operators import OPERATORS, Operator, operators_for


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
class Line:
    """One row of the editor: a condition (`operators`, `op`) or an action."""

    what: Field | Action
    options: Choices
    number: int | str = ""
    value: str = ""
    op: str = ""
    operators: list[Operator] = field(default_factory=list)
    fault: str = ""

    @property
    def is_gone(self) -> bool:
        """What was chosen once is no longer there."""
        return bool(self.value and self.options and self.value not in dict(self.options))


def read_draft(post: QueryDict, trigger: Trigger) -> Trigger:
    """Put what the editor sent into the trigger, unsaved and unchecked."""
    trigger.name = clean_text(post.get("name", "")).strip()
    trigger.on = list(dict.fromkeys(filter(None, post.getlist("on"))))
    trigger.match = post.get("match", Trigger.Match.ALL)
    trigger.conditions = [
        {"field": field, "op": op, "value": clean_text(value).strip()}
        for field, op, value in zip(
            post.getlist("field"), post.getlist("op"), post.getlist("wanted"), strict=False
        )
    ]
    trigger.actions = [
        {"do": do, "value": clean_text(value).strip()}
        for do, value in zip(post.getlist("do"), post.getlist("value"), strict=False)
    ]
    return trigger


def change_lines(trigger: Trigger, press: str, post: QueryDict) -> None:
    """What the buttons for adding and removing lines do where there are no scripts: "add conditions",
    "remove actions 2"."""
    verb, _, place = press.partition(" ")
    name, _, number = place.partition(" ")
    lines = {"conditions": trigger.conditions, "actions": trigger.actions, "on": trigger.on}.get(name)
    if lines is None:
        return
    if verb == "remove" and number.isdecimal() and int(number) < len(lines):
        del lines[int(number)]
    elif verb == "add" and name == "on":
        trigger.on.append("")
    elif verb == "add" and name == "conditions" and (kind := FIELDS.get(post.get("new_condition", ""))):
        lines.append({"field": kind.key, "op": operators_for(kind.kind)[0].key, "value": ""})
    elif verb == "add" and name == "actions" and post.get("new_action") in ACTIONS:
        lines.append({"do": post["new_action"], "value": ""})


def condition_lines(trigger: Trigger, offers: Offers, faults: dict[str, str]) -> list[Line]:
    return [
        Line(
            what=FIELDS[condition["field"]],
            options=offers.of(FIELDS[condition["field"]].offers),
            number=number,
            value=condition["value"],
            op=condition["op"],
            operators=operators_for(FIELDS[condition["field"]].kind),
            fault=faults.get(f"conditions.{number}", ""),
        )
        for number, condition in enumerate(trigger.conditions)
        if condition["field"] in FIELDS
    ]


def action_lines(trigger: Trigger, offers: Offers, faults: dict[str, str]) -> list[Line]:
    return [
        Line(
            what=ACTIONS[step["do"]],
            options=offers.of(ACTIONS[step["do"]].offers),
            number=number,
            value=step["value"],
            fault=faults.get(f"actions.{number}", ""),
        )
        for number, step in enumerate(trigger.actions)
        if step["do"] in ACTIONS
    ]


def blank_conditions(offers: Offers) -> list[Line]:
    """One empty line of every kind, for the templates that scripts copy."""
    return [Line(f, offers.of(f.offers), operators=operators_for(f.kind)) for f in FIELDS.values()]


def blank_actions(offers: Offers) -> list[Line]:
    return [Line(a, offers.of(a.offers)) for a in ACTIONS.values()]


def say_condition(condition: dict, offers: Offers) -> tuple[str, str, str]:
    """("Channel", "is", "Email"), for the list."""
    kind, operator = FIELDS[condition["field"]], OPERATORS[condition["op"]]
    value = offers.label(kind.offers, condition["value"]) if operator.needs_value else ""
    return str(kind.label), str(operator.label), value


def say_step(step: dict, offers: Offers) -> tuple[str, str]:
    """("Move to", "Billing")."""
    action = ACTIONS[step["do"]]
    return str(action.label), offers.label(action.offers, step["value"])
