"""A trigger as its editor shows it, and back: lines with their choices, read from what the form sent."""

from dataclasses import dataclass

from django.http import QueryDict

from helpdesk.conditions import Offers, read_group
from helpdesk.conditions.choices import Choices
from helpdesk.tickets.text import clean_text
from routing.models import Trigger
from routing.triggers.actions import Action, all_actions, find_action
from routing.triggers.states import STATES


@dataclass(frozen=True)
class Line:
    """One action of the editor."""

    what: Action
    options: Choices
    number: int | str = ""
    value: str = ""
    fault: str = ""

    @property
    def is_gone(self) -> bool:
        """What was chosen once is no longer there."""
        return bool(self.value and self.options and self.value not in dict(self.options))


def read_draft(post: QueryDict, trigger: Trigger) -> Trigger:
    """Put what the editor sent into the trigger, unsaved and unchecked."""
    trigger.name = clean_text(post.get("name", "")).strip()
    trigger.on = list(dict.fromkeys(filter(None, post.getlist("on"))))
    trigger.after_minutes = read_minutes(post) if any(key in STATES for key in trigger.on) else None
    trigger.clock = post.get("clock", Trigger.Clock.WALL)
    trigger.stops = "stops" in post
    trigger.once_per_ticket = "once_per_ticket" in post
    trigger.conditions = read_group(post)
    trigger.actions = [
        {"do": do, "value": clean_text(value).strip()}
        for do, value in zip(post.getlist("do"), post.getlist("value"), strict=False)
    ]
    return trigger


UNITS = {"m": 1, "h": 60, "d": 1440}  # minutes


def read_minutes(post: QueryDict) -> int:
    """What stands beside the state that it waits for; 0, which is refused, for what is no time."""
    amount = post.get("after", "").strip()
    is_number = amount.isascii() and amount.isdecimal() and len(amount) < 7
    return int(amount) * UNITS.get(post.get("unit", ""), 0) if is_number else 0


def change_lines(trigger: Trigger, press: str, post: QueryDict) -> None:
    """What the buttons for adding and removing lines do where there are no scripts: "add on",
    "remove actions 2". Those of the conditions read_group has done."""
    verb, _, place = press.partition(" ")
    name, _, number = place.partition(" ")
    lines = {"actions": trigger.actions, "on": trigger.on}.get(name)
    if lines is None:
        return
    if verb == "remove" and number.isdecimal() and int(number) < len(lines):
        del lines[int(number)]
    elif verb == "add" and name == "on":
        trigger.on.append("")
    elif verb == "add" and name == "actions" and find_action(post.get("new_action", "")):
        lines.append({"do": post["new_action"], "value": ""})


def action_lines(trigger: Trigger, offers: Offers, faults: dict[str, str]) -> list[Line]:
    return [
        Line(
            what=action,
            options=offers.of(action.offers),
            number=number,
            value=step["value"],
            fault=faults.get(f"actions.{number}", ""),
        )
        for number, step in enumerate(trigger.actions)
        if (action := find_action(step["do"]))
    ]


def blank_actions(offers: Offers) -> list[Line]:
    return [Line(a, offers.of(a.offers)) for a in all_actions()]
