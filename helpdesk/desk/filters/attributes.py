"""Filters on what the team has defined of people and companies: `attribute.plan:gold`, `company.size:>50`. What they mean
is said by the table of conditions, as in every rule."""

from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone

from helpdesk import clock
from helpdesk.conditions import Field, as_q
from helpdesk.conditions.fields.attributes import attribute_fields
from helpdesk.conditions.refusing import line_fault
from helpdesk.conditions.sql import all_but
from helpdesk.desk.filters import keys
from helpdesk.desk.filters.misunderstood import Misunderstood
from helpdesk.people.attributes.kinds import NO, YES

EMPTY, ANYTHING = ("none", "empty"), ("*", "any")
COMPARED = {">": "more", ">=": "at_least", "<": "less", "<=": "at_most", "": "is"}


def with_attribute(name: str, value: str) -> Q:
    """Raises Misunderstood. True or false of every ticket, so that it can be turned round."""
    field = find_attribute(name)
    if value.lower() in EMPTY + ANYTHING:
        op, wanted = ("is_empty" if value.lower() in EMPTY else "is_not_empty"), ""
    else:
        op, wanted = READ[field.kind](value, field)
    line = {"field": field.key, "op": op, "value": wanted}
    if line_fault(line):
        raise Misunderstood("value")
    return ~all_but(as_q([line]))


def find_attribute(name: str) -> Field:
    """However its key is spelt: `attribute.cart_total` finds "Cart total", too."""
    of, _dot, key = name.partition(".")
    prefix = "company:" if f"{of}." == keys.OF_COMPANY else "person:"
    wanted = plain(key)
    fields = (field for field in attribute_fields() if field.key.startswith(prefix))
    for field in fields:
        if plain(field.key.removeprefix(prefix)) == wanted:
            return field
    raise Misunderstood("attribute")


def plain(key: str) -> str:
    return key.strip().casefold().replace(" ", "_").replace("-", "_")


def sign_of(value: str) -> tuple[str, str]:
    """(">=", "50") of ">=50"."""
    sign = next((sign for sign in (">=", "<=", ">", "<") if value.startswith(sign)), "")
    return sign, value.removeprefix(sign)


def read_number(value: str, field: Field) -> tuple[str, str]:
    sign, number = sign_of(value)
    return COMPARED[sign], number


def read_date(value: str, field: Field) -> tuple[str, str]:
    sign, day = sign_of(value)
    try:
        found = keys.read_day(day, timezone.localtime(clock.now()).date())
    except (ValueError, OverflowError):
        raise Misunderstood("day") from None
    return {">": "after", "<": "before"}.get(sign[:1], "is"), found.isoformat()


def read_yes_no(value: str, field: Field) -> tuple[str, str]:
    said = value.lower()
    return "is", "yes" if said in YES else "no" if said in NO else ""


def read_choice(value: str, field: Field) -> tuple[str, str]:
    found = (key for key, _label in field.offers() if key.casefold() == value.casefold())
    return "is", next(found, value)


READ: dict[str, Callable[[str, Field], tuple[str, str]]] = {
    "text": lambda value, field: ("contains_any", value),
    "number": read_number,
    "date": read_date,
    "yes_no": read_yes_no,
    "choice": read_choice,
}
