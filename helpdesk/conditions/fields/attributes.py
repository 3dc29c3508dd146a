"""What the team has defined of people and companies, as fields: `person:plan`, `company:size`. The type decides how it is
compared. What was proved comes before what a site only says."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import BooleanField, DateField, Func, TextField, Value, When
from django.db.models import Case as Told
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import reading
from helpdesk.conditions.cases import Case
from helpdesk.conditions.choices import Choices
from helpdesk.conditions.fields.base import NUMERIC, OF_CONTACT, OF_PEOPLE, Field, Over, Sql, as_text, said_in
from helpdesk.conditions.operators import Day
from helpdesk.people.attributes.definitions import COMPANY, PERSON, standing
from helpdesk.people.attributes.kinds import NO, YES
from helpdesk.people.attributes.models import Attribute
from helpdesk.people.visitors import CLAIMS

KINDS = {
    "text": "text",
    "link": "text",
    "number": "number",
    "date": "date",
    "yes_no": "yes_no",
    "choice": "choice",
}
# What every rule may ask of a company, whether it has been defined or not.
USUAL: dict[tuple[str, str], tuple[str, str | Promise]] = {
    (COMPANY, "type"): ("text", _("Company type")),
    (COMPANY, "size"): ("number", _("Company size")),
}


def attribute_fields() -> list[Field]:
    """All that may be asked, in the team's order."""
    known = standing()
    defined = {(row.of, row.key) for row in known}
    usual = [field_of(of, key, *USUAL[of, key]) for of, key in USUAL if (of, key) not in defined]
    return [*map(field_of_row, known), *usual]


def attribute_field(name: str) -> Field | None:
    of, _colon, key = name.partition(":")
    row = next((row for row in standing() if (row.of, row.key) == (of, key)), None)
    if row:
        return field_of_row(row)
    return field_of(of, key, *USUAL[of, key]) if (of, key) in USUAL else None


def field_of_row(row: Attribute) -> Field:
    label = row.label if row.of == PERSON else _("Company: %(name)s") % {"name": row.label}
    return field_of(row.of, row.key, KINDS[row.kind], label, tuple(row.choices))


def field_of(of: str, key: str, kind: str, label: str | Promise, offered: tuple[str, ...] = ()) -> Field:
    def offers() -> Choices:
        return [(choice, choice) for choice in offered]

    return Field(
        f"{of}:{key}",
        label,
        kind,
        lambda case: READ[kind](value_of(case, of, key), case),
        sql_of(of, key, kind),
        offers if kind == "choice" else None,
        of=OF_CONTACT,
        scopes=OF_PEOPLE,
    )


# ---------------------------------------------------------------- in Python
def value_of(case: Case, of: str, key: str) -> str:
    """As text, "" for nothing: as the database writes what stands in JSON."""
    if of == COMPANY:
        return as_text(case.company.attributes.get(key)) if case.company else ""
    own = case.contact.attributes
    claims = own.get(CLAIMS)
    return as_text(own.get(key)) or (as_text(claims.get(key)) if isinstance(claims, Mapping) else "")


def as_yes_no(text: str) -> bool | None:
    said = text.strip(" ").lower()
    return True if said in YES else False if said in NO else None


def as_day(text: str, case: Case) -> Day | None:
    day = reading.date_of(text) if text == text.strip() else None
    return Day(day, today(case)) if day else None


def today(case: Case) -> date:
    return localtime(case.at).date()


READ = {
    "text": lambda text, case: [text] if text else [],
    "choice": lambda text, case: [text] if text else [],
    "number": lambda text, case: reading.plain_number(text),
    "yes_no": lambda text, case: as_yes_no(text),
    "date": as_day,
}


# ---------------------------------------------------------------- in the database
def sql_of(of: str, key: str, kind: str) -> Sql:
    def sql(over: Over) -> Any:
        if of == COMPANY:
            text = said_in(over.of_ticket("contact__company__attributes"), key)
        else:
            own = over.of_ticket("contact__attributes")
            claims = Func(own, Value(CLAIMS), function="jsonb_extract_path")
            text = Coalesce(said_in(own, key), said_in(claims, key))
        return SQL[kind](text)

    return sql


def as_numeric(text: BaseExpression) -> BaseExpression:
    return Func(text, function="helpdesk_number", output_field=NUMERIC)


def as_boolean(text: BaseExpression) -> BaseExpression:
    said = Func(Func(text, Value(" "), function="btrim"), function="lower", output_field=TextField())
    return Told(
        When(In(said, sorted(YES)), then=True),
        When(In(said, sorted(NO)), then=False),
        output_field=BooleanField(),
    )


SQL = {
    "text": lambda text: [text],
    "choice": lambda text: [text],
    "number": as_numeric,
    "yes_no": as_boolean,
    "date": lambda text: Func(text, function="helpdesk_date", output_field=DateField()),
}
