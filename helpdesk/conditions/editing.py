"""A group of conditions as a form shows it, and back. One component for every screen: conditions/_group.html.

Each line has a token, its own in the form: "3", or "3.1" inside the group "3"; scripts make further ones. Without scripts the
buttons send `press`: "if add", "if add 3", "if group", "if remove 3.1", where "if" is the name of the group in its form.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from helpdesk.conditions import reading
from helpdesk.conditions.choices import Choices
from helpdesk.conditions.fields import FIELDS, Field, find_field, sections_for
from helpdesk.conditions.groups import ALL, ANY, Group, Line, is_group, normal_group
from helpdesk.conditions.operators import OPERATORS, Operator
from helpdesk.conditions.saying import Offers
from helpdesk.people.attributes.kinds import yes_no_words
from helpdesk.tickets.text import clean_text

TOKEN = re.compile(r"[a-z0-9]{1,12}(\.[a-z0-9]{1,12})?")
MOST_TOKENS = 200
BLANK = "__"  # the token of the lines that scripts copy
CUT = 4000  # characters of what a form sends; what is too long by less is refused with its reason
# What stands beside the operator, by the field's kind.
SHAPES = {
    "choice": "checks", "state": "pick", "yes_no": "pick", "number": "number", "duration": "span", "date": "date",
}  # fmt: skip


# ---------------------------------------------------------------- what a form sends
def read_group(post: QueryDict, name: str = "if") -> Group:
    """The group as it was sent, after what a button of it has asked for; unchecked."""
    verb, token = pressed(post, name)
    tokens = tokens_of(post, name)
    if verb == "remove":
        tokens = [one for one in tokens if one != token and not one.startswith(f"{token}.")]
    outer = [one for one in tokens if "." not in one]
    lines = [read_line(post, name, one, tokens) for one in outer]
    group = {"match": post.get(f"{name}-match", ALL), "lines": lines}
    if verb == "group":
        group["lines"].append({"match": ANY if group["match"] == ALL else ALL, "lines": []})
    elif verb == "add":
        add_line(group, outer, token, post.get(f"{name}-new-{token}" if token else f"{name}-new", ""))
    return group


def is_press_of(post: QueryDict, name: str = "if") -> bool:
    """Whether a button of the group was pressed, so that the page is only drawn again."""
    return bool(pressed(post, name)[0])


def pressed(post: QueryDict, name: str) -> tuple[str, str]:
    """(verb, token)."""
    whose, _space, asked = post.get("press", "").partition(" ")
    verb, _space, token = asked.partition(" ")
    return (verb, token) if whose == name else ("", "")


def tokens_of(post: QueryDict, name: str) -> list[str]:
    sent = post.getlist(f"{name}-line")[:MOST_TOKENS]
    return list(dict.fromkeys(token for token in sent if TOKEN.fullmatch(token)))


def read_line(post: QueryDict, name: str, token: str, tokens: Sequence[str]) -> Line:
    if f"{name}-match-{token}" in post:
        inner = [read_line(post, name, one, ()) for one in tokens if one.startswith(f"{token}.")]
        return {"match": post[f"{name}-match-{token}"], "lines": inner}
    key, op = clean(post.get(f"{name}-field-{token}", "")), clean(post.get(f"{name}-op-{token}", ""))
    key += clean(post.get(f"{name}-called-{token}", ""))
    field, operator = find_field(key), OPERATORS.get(op)
    known = field and operator
    # What is no more stays, and is refused: a rule that lost a condition by itself would do too much.
    return {
        "field": key,
        "op": op,
        "value": read_value(post, f"{name}-%s-{token}", field, operator) if known else "",
    }


def read_value(post: QueryDict, called: str, field: Field, operator: Operator) -> Any:
    if operator.input == "nothing":
        return ""
    if operator.input == "two":
        return [clean(one) for one in post.getlist(called % "two")[:2]]
    if operator.input == "days":
        return clean(post.get(called % "days", ""))
    if field.kind == "duration":
        number, unit = clean(post.get(called % "value", "")), clean(post.get(called % "unit", ""))
        return f"{number}{unit}" if number else ""
    if shape_of(field) == "checks":
        return list(dict.fromkeys(clean(one) for one in post.getlist(called % "value") if one))
    return clean(post.get(called % "value", ""))


def clean(text: str) -> str:
    return clean_text(text[:CUT]).strip()


def add_line(group: Group, outer: Sequence[str], token: str, key: str) -> None:
    field = find_field(key)
    into = group["lines"]
    if token:
        at = outer.index(token) if token in outer else len(into)
        into = into[at]["lines"] if at < len(into) and is_group(into[at]) else []
    if field:
        into.append({"field": field.key, "op": field.operators[0].key, "value": ""})


# ---------------------------------------------------------------- what a form shows
@dataclass(frozen=True)
class EditedLine:
    """One row; of a group inside `lines` and `match`."""

    token: str
    field: Field | None = None
    op: str = ""
    keys: tuple[str, ...] = ()  # of the value
    options: tuple[tuple[str, str, bool], ...] = ()  # (key, label, whether it is chosen)
    fault: str = ""
    match: str = ""
    lines: tuple["EditedLine", ...] = ()

    @property
    def shape(self) -> str:
        return shape_of(self.field)

    @property
    def operators(self) -> list[Operator]:
        return self.field.operators

    @property
    def label(self) -> str:
        """Of what is looked up by a name, without the name: that is written beside it."""
        return str(FIELDS[self.field.base].label if self.field.called is not None else self.field.label)

    @property
    def input(self) -> str:
        return OPERATORS[self.op].input if self.op in OPERATORS else self.operators[0].input

    @property
    def inputs(self) -> set[str]:
        """All that its operators may ask for."""
        return {operator.input for operator in self.operators}

    @property
    def value(self) -> str:
        return self.keys[0] if self.keys else ""

    @property
    def second(self) -> str:
        return self.keys[1] if len(self.keys) > 1 else ""

    @property
    def number(self) -> str:
        return self.value.rstrip("mhdw") if self.shape == "span" else self.value

    @property
    def unit(self) -> str:
        return self.value[-1:] if self.value[-1:] in reading.SECONDS else "h"

    @property
    def chosen(self) -> str:
        return ", ".join(label for _key, label, is_chosen in self.options if is_chosen)


@dataclass(frozen=True)
class GroupEditor:
    """All that conditions/_group.html needs."""

    name: str
    match: str
    lines: tuple[EditedLine, ...]
    blanks: tuple[EditedLine, ...]
    sections: tuple[tuple[str, tuple[Field, ...]], ...]
    fault: str = ""


def editor_of(
    stored: Any,
    *,
    scope: str,
    offers: Offers,
    faults: Mapping[str, str] | None = None,
    name: str = "if",
    place: str = "conditions",
) -> GroupEditor:
    """`faults` as faults_of names them with this `place`; `scope` (fields.EVENT, TICKET) says what may be asked."""
    group, faults, sections = normal_group(stored), faults or {}, sections_for(scope)
    return GroupEditor(
        name,
        group["match"],
        edited_lines(group, offers, faults, place),
        tuple(
            edited_line({"field": field.key}, BLANK, offers) for _label, some in sections for field in some
        ),
        tuple(sections),
        faults.get(place, ""),
    )


def edited_lines(
    group: Group, offers: Offers, faults: Mapping[str, str], place: str, above: str = ""
) -> tuple[EditedLine, ...]:
    lines = []
    for number, line in enumerate(group["lines"]):
        token, at = f"{above}{number}", f"{place}.{number}"
        if is_group(line):
            inner = edited_lines(line, offers, faults, at, f"{token}.")
            lines.append(EditedLine(token, match=line["match"], lines=inner, fault=faults.get(at, "")))
        else:
            lines.append(edited_line(line, token, offers, faults.get(at, "")))
    return tuple(lines)


def edited_line(line: Line, token: str, offers: Offers, fault: str = "") -> EditedLine:
    field = find_field(line["field"])
    keys = tuple(reading.keys_of(line.get("value", "")))
    if (
        field is None
    ):  # the team has no such attribute any more: what was asked stays in sight until it is removed
        return EditedLine(token, None, line.get("op", ""), (line["field"], *keys), fault=fault)
    options = options_of(offers.of(field.offers), keys) if field.kind != "yes_no" else yes_no(keys)
    return EditedLine(token, field, line.get("op", ""), keys, options, fault)


def options_of(choices: Choices, keys: Sequence[str]) -> tuple[tuple[str, str, bool], ...]:
    """What was chosen once and is no longer there stays, under its key."""
    gone = [(key, key) for key in keys if choices and key not in dict(choices)]
    return tuple((key, label, key in keys) for key, label in (*choices, *gone))


def yes_no(keys: Sequence[str]) -> tuple[tuple[str, str, bool], ...]:
    return tuple((key, yes_no_words(key == "yes"), key in keys) for key in ("yes", "no"))


def shape_of(field: Field | None) -> str:
    if field is None:
        return "gone"
    return "checks" if field.kind == "tags" and field.offers else SHAPES.get(field.kind, "words")
