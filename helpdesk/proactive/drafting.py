"""A message as its editor shows it, and back: lines with their choices, read from what the form sent."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, localtime, make_aware
from django.utils.translation import ngettext

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.proactive.conditions import FIELDS, OPERATORS, Field, Operator
from helpdesk.proactive.models import ProactiveMessage
from helpdesk.tickets.text import clean_text

GOAL_HOURS = (1, 24, 72, 168, 720)
CUT = 2_000  # characters of what a form sends; what is too long by less is refused with its reason


@dataclass(frozen=True)
class Line:
    """One condition of the editor."""

    what: Field
    number: int | str = ""
    op: str = ""
    value: str = ""
    name: str = ""
    operators: list[Operator] = field(default_factory=list)
    fault: str = ""


def read_draft(post: QueryDict, message: ProactiveMessage) -> ProactiveMessage:
    """Put what the editor sent into the message, unsaved and unchecked."""
    message.name = words(post, "name")
    message.text = words(post, "text")
    message.texts = {
        code: text for code, _label in settings.LANGUAGES if (text := words(post, f"text_{code}"))
    }
    message.match = post.get("match", ProactiveMessage.Match.ALL)
    message.inbox_id = number(post.get("inbox", ""))
    sender = User.objects.agents().filter(pk=number(post.get("sender", "")) or 0)
    message.sender = sender.first()
    message.is_for_hours = "is_for_hours" in post
    message.goal_kind, message.goal = post.get("goal_kind", ""), words(post, "goal")
    message.goal_hours = number(post.get("goal_hours", "")) or GOAL_HOURS[1]
    message.starts_at, message.ends_at = moment(post, "starts_at"), moment(post, "ends_at")
    lines = zip(*(post.getlist(name) for name in ("field", "op", "wanted", "called")), strict=False)
    message.conditions = [
        {"field": what, "op": op}
        | {"value": clean_text(value[:CUT]).strip(), "name": clean_text(called[:CUT]).strip()}
        for what, op, value, called in lines
    ]
    return message


def words(post: QueryDict, name: str) -> str:
    return clean_text(post.get(name, "")[:CUT]).strip()


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def moment(post: QueryDict, name: str) -> datetime | None:
    """A moment by the reader's own clock, as a browser sends it; None for none."""
    try:
        told = parse_datetime(post.get(name, "").strip())
    except ValueError:
        return None
    return make_aware(told) if told and is_naive(told) else told


def as_typed(moment: datetime | None) -> str:
    """As a field for date and time wants it."""
    return localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""


def change_lines(message: ProactiveMessage, press: str, post: QueryDict) -> None:
    """What the buttons for adding and removing lines do where there are no scripts: "add conditions",
    "remove conditions 2"."""
    verb, _, place = press.partition(" ")
    at = place.removeprefix("conditions").strip()
    if verb == "remove" and at.isdecimal() and int(at) < len(message.conditions):
        del message.conditions[int(at)]
    elif verb == "add" and (what := FIELDS.get(post.get("new_condition", ""))):
        message.conditions.append({"field": what.key, "op": what.operators[0], "value": "", "name": ""})


def condition_lines(message: ProactiveMessage, faults: dict[str, str]) -> list[Line]:
    return [
        Line(
            what=FIELDS[one["field"]],
            number=at,
            op=one["op"],
            value=one["value"],
            name=one.get("name", ""),
            operators=operators_of(FIELDS[one["field"]]),
            fault=faults.get(f"conditions.{at}", ""),
        )
        for at, one in enumerate(message.conditions)
        if one["field"] in FIELDS
    ]


def blank_lines() -> list[Line]:
    """One empty line of every kind, for the templates that scripts copy."""
    return [Line(what, operators=operators_of(what)) for what in FIELDS.values()]


def operators_of(what: Field) -> list[Operator]:
    return [OPERATORS[key] for key in what.operators]


def say_condition(condition: dict[str, str]) -> tuple[str, str, str]:
    """("time on the page", "is at least", "60 seconds"), for the list."""
    what, operator = FIELDS[condition["field"]], OPERATORS[condition["op"]]
    label = str(what.label)
    label = condition.get("name", "") if what.has_name else label[:1].lower() + label[1:]
    value = str(dict(what.offers).get(condition["value"], condition["value"])) if operator.needs_value else ""
    return label, str(operator.label), f"{value} {what.unit}".strip()


def hour_choices(message: ProactiveMessage) -> list[tuple[int, str]]:
    """(hours, words) within which a goal may be reached."""
    choices = sorted({*GOAL_HOURS, message.goal_hours})
    return [(hours, words_for(hours)) for hours in choices]


def words_for(hours: int) -> str:
    if hours % 24:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


def text_lines(message: ProactiveMessage, faults: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """(code, language, text, fault) of the text in each language."""
    return [
        (code, label, message.texts.get(code, ""), faults.get(f"text.{code}", ""))
        for code, label in settings.LANGUAGES
    ]


def chat_inboxes() -> list[Inbox]:
    return list(Inbox.objects.filter(kind=Inbox.Kind.WEBCHAT, is_active=True).order_by("name"))
