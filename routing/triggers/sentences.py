"""A trigger in words: for its list, its history and the log."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.conditions import Offers, normal_group, say_group
from helpdesk.conditions.saying import Said
from routing.models import Trigger
from routing.triggers.actions import find_action
from routing.triggers.moments import MOMENTS
from routing.triggers.states import STATES


def say_moment(key: str) -> str:
    """ "a customer writes", or the state that it waits for."""
    if key in STATES:
        return str(STATES[key].label)
    return str(MOMENTS.get(key, key))


def say_moments(trigger: Trigger) -> list[str]:
    """What follows "When", each of the moments; a state with its time."""
    if trigger.after_minutes is not None and trigger.on and trigger.on[0] in STATES:
        return [say_wait(trigger)]
    return [say_moment(key) for key in trigger.on]


def say_wait(trigger: Trigger) -> str:
    words = {"state": say_moment(trigger.on[0]), "time": say_minutes(trigger.after_minutes)}
    if trigger.clock == Trigger.Clock.OFFICE:
        return _("%(state)s for %(time)s of business hours") % words
    return _("%(state)s for %(time)s") % words


def amount_of(minutes: int) -> tuple[int, str]:
    """(4, "h") of 240: in the largest unit that it is whole in."""
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return minutes // size, unit
    return minutes, "m"


def say_minutes(minutes: int) -> str:
    count, unit = amount_of(minutes)
    if unit == "d":
        return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
    if unit == "h":
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


def say_step(step: dict[str, Any], offers: Offers) -> tuple[str, str]:
    """("Move to", "Billing")."""
    action = find_action(str(step.get("do", "")))
    value = str(step.get("value", ""))
    if action is None:
        return str(step.get("do", "")), value
    if action.kind == "nothing":
        return str(action.label), ""
    return str(action.label), offers.label(action.offers, value)


def sentences_of(trigger: Trigger, offers: Offers) -> list[str]:
    """Line by line, so that two versions can be told apart."""
    said = say_group(trigger.conditions, offers)
    lines = [_("Name: %(name)s") % {"name": trigger.name}]
    lines += [_("When %(moment)s") % {"moment": moment} for moment in say_moments(trigger)]
    if len(said.lines) > 1:
        lines.append(_("If any of these holds:") if said.match == "any" else _("If all of these hold:"))
    lines += [line for each in said.lines for line in say_condition(each)]
    for step in trigger.actions:
        label, value = say_step(step, offers)
        lines.append(f"→ {label} {value}".strip())
    if trigger.stops:
        lines.append(_("Then no further trigger"))
    if trigger.once_per_ticket:
        lines.append(_("Only once for a ticket"))
    return lines


def say_condition(said: Said) -> list[str]:
    if not said.lines:
        return [" ".join(filter(None, (capfirst(said.label), said.operator, said.value)))]
    head = _("any of:") if said.match == "any" else _("all of:")
    return [head, *(f"  {line}" for each in said.lines for line in say_condition(each))]


def say_explained(explained: list[list[Any]], offers: Offers) -> list[tuple[str, bool, str]]:
    """(words, held, the value as it was) of each condition of a firing, from its row."""
    told = []
    for line, held, value in explained:
        [words] = [" ".join(say_condition(each)) for each in say_group(normal_group([line]), offers).lines]
        told.append(
            (words, held, ", ".join(map(str, value)) if isinstance(value, list) else value_in_words(value))
        )
    return told


def value_in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
