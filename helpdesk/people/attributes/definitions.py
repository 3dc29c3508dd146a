"""Which attributes the team has defined. Every ticket page prints them, so each process keeps the list for some seconds."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Conflict, Invalid, NotThere
from helpdesk.people.attributes.kinds import KINDS, Unfitting
from helpdesk.people.attributes.models import STANDARD_NAMES, Attribute
from helpdesk.people.attributes.ours import OURS
from helpdesk.people.models import Company, Contact

PERSON, COMPANY = Attribute.Of.PERSON, Attribute.Of.COMPANY
CARRIERS: dict[str, type[Contact] | type[Company]] = {PERSON: Contact, COMPANY: Company}
KEY = re.compile(r"[\w.-]([\w. -]{0,38}[\w.-])?")
# What everybody has goes by these names.
TAKEN = {"name", "email", "phone", "company", "language", "time_zone", "user_id", "hash", "jwt", "attributes"}
MOST, MOST_CHOICES, LONGEST_CHOICE = 60, 50, 80
AT_HAND, HELD = "people.attributes", 5  # seconds in which other processes hear of a change
SAMPLE = 1000

FOUND = """
SELECT key, count(*) FROM (
    SELECT {attributes} AS found FROM {table} ORDER BY id DESC LIMIT %s
) newest, jsonb_object_keys(CASE jsonb_typeof(found) WHEN 'object' THEN found ELSE '{{}}' END) key
GROUP BY key ORDER BY count(*) DESC, key LIMIT 20"""


def standard() -> list[Attribute]:
    """Those that are there without anybody's doing, until an admin changes them."""
    kinds = {"spend": Attribute.Kind.NUMBER}
    return [
        Attribute(key=key, kind=kinds.get(key, Attribute.Kind.TEXT), position=place)
        for place, key in enumerate(STANDARD_NAMES)
    ]


def all_attributes() -> list[Attribute]:
    """Also the retired ones, as the database has them now; those of persons first, in the admins' order."""
    rows = list(Attribute.objects.all())
    known = {(row.of, row.key) for row in rows}
    rows += [row for row in standard() if (row.of, row.key) not in known]
    return sorted(rows, key=lambda row: (row.of != PERSON, row.position, row.pk or 0, row.key))


def standing() -> list[Attribute]:
    """Those in use, perhaps some seconds old."""
    kept = caches["process"].get(AT_HAND)
    if kept is None:
        kept = [row for row in all_attributes() if row.retired_at is None]
        caches["process"].set(AT_HAND, kept, HELD)
    return kept


def standing_of(of: str) -> dict[str, Attribute]:
    return {row.key: row for row in standing() if row.of == of}


def find_attribute(of: str, key: str) -> Attribute:
    """As the database has it now, in use or not. Raises NotThere."""
    for row in all_attributes():
        if (row.of, row.key) == (of, key):
            return row
    raise NotThere


def fitted(attributes: Mapping[str, Any], *, of: str) -> dict[str, Any]:
    """What a site or a program sends, each value as its type keeps it. What does not fit stays as it came: nothing is
    lost, and the team sees that it does not fit."""
    known = standing_of(of)
    return {key: fitted_value(known.get(key), value) for key, value in attributes.items()}


def fitted_value(attribute: Attribute | None, value: Any) -> Any:
    if attribute is None or value is None or value == "":
        return value
    try:
        return KINDS[attribute.kind].read(value, attribute.choices)
    except Unfitting:
        return value


# ---------------------------------------------------------------- what admins do
@transaction.atomic
def define_attribute(
    of: str,
    key: str,
    *,
    name: str,
    kind: str,
    choices: Iterable[str] = (),
    is_folded: bool = False,
    is_new: bool = False,
) -> Attribute:
    """Define it, or change what it is; one that was retired is in use again. The values stay as they are: one that the
    new type does not fit shows so. `is_new`: raises Conflict where it is in use already.

    Raises Invalid, with the field, for a key that can't be one or is ours, a type without its choices, and too many.
    """
    key = read_key(of, key)
    row = Attribute.objects.select_for_update().filter(of=of, key=key).first()
    usual = next((one for one in standard() if (one.of, one.key) == (of, key)), None)
    if is_new and ((row and row.retired_at is None) or (usual and not row)):
        raise Conflict(_("There is an attribute with this key already."), field="key")
    if row is None:
        row = usual or Attribute(of=of, key=key, position=next_position(of))
    elif row.retired_at:
        row.position = next_position(of)
    if kind not in KINDS:
        raise Invalid(_("Choose one of the list."), field="kind")
    row.kind, row.choices = kind, read_choices(choices) if kind == Attribute.Kind.CHOICE else []
    row.name = kept_name(key, name)
    row.is_folded, row.retired_at = is_folded, None
    row.save()
    forget_at_hand()
    return row


def read_key(of: str, key: str) -> str:
    key = key.strip()
    if of not in CARRIERS:
        raise Invalid(_("Choose one of the list."), field="of")
    if not KEY.fullmatch(key):
        raise Invalid(_("Up to 40 letters, digits, spaces, dots, dashes and underscores."), field="key")
    if key in OURS or key in TAKEN:
        raise Invalid(_("This key is taken by the helpdesk itself."), field="key")
    return key


def kept_name(key: str, name: str) -> str:
    """ "" where it is called as it would be anyway, so that it stays in each reader's language."""
    name = " ".join(name.split())[:80]
    return "" if name in (key, str(STANDARD_NAMES.get(key, ""))) else name


def read_choices(choices: Iterable[str]) -> list[str]:
    """Each once, whatever the case."""
    kept = list(
        {" ".join(one.split()).casefold(): " ".join(one.split()) for one in choices if one.strip()}.values()
    )
    if len(kept) < 2:
        raise Invalid(_("Write at least two choices, one a line."), field="choices")
    if len(kept) > MOST_CHOICES or any(len(one) > LONGEST_CHOICE for one in kept):
        raise Invalid(
            _("At most %(most)s choices of %(longest)s characters.")
            % {"most": MOST_CHOICES, "longest": LONGEST_CHOICE},
            field="choices",
        )
    return kept


def next_position(of: str) -> int:
    """The last place. Raises Invalid where there are too many."""
    here = [row for row in all_attributes() if row.of == of and row.retired_at is None]
    if len(here) >= MOST:
        raise Invalid(_("At most %(most)s attributes.") % {"most": MOST})
    return max((row.position for row in here), default=-1) + 1


@transaction.atomic
def retire_attribute(of: str, key: str) -> Attribute:
    """Take it out of use. The values stay, as plain text; drop_values takes them away."""
    row = find_attribute(of, key)
    row.retired_at = row.retired_at or clock.now()
    row.save()
    forget_at_hand()
    return row


@transaction.atomic
def move_attribute(of: str, key: str, *, up: bool) -> None:
    """One place up or down in the list."""
    rows = [row for row in all_attributes() if row.of == of and row.retired_at is None]
    at = next((place for place, row in enumerate(rows) if row.key == key), None)
    if at is None:
        raise NotThere
    to = min(max(at + (-1 if up else 1), 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))
    for place, row in enumerate(rows):
        row.position = place
        row.save()
    forget_at_hand()


def forget_at_hand() -> None:
    """Once the change is there for others to read; this process hears of it at once."""
    caches["process"].delete(AT_HAND)
    transaction.on_commit(lambda: caches["process"].delete(AT_HAND), robust=True)


# ---------------------------------------------------------------- what is there
def carriers(of: str, key: str) -> QuerySet:
    """Who has a value under this key."""
    return CARRIERS[of].objects.filter(attributes__has_key=key)


def undefined_keys() -> Sequence[tuple[str, str]]:
    """What sites and programs say of the newest contacts and companies under keys that nobody has defined: (of, key)."""
    known = {(row.of, row.key) for row in all_attributes()}
    found = [(of, key) for of in CARRIERS for key in keys_in_use(of)]
    return [one for one in found if one not in known and one[1] not in OURS | TAKEN and KEY.fullmatch(one[1])]


def keys_in_use(of: str) -> list[str]:
    from_site = "attributes || CASE jsonb_typeof(attributes->'claims') WHEN 'object' THEN attributes->'claims' ELSE '{}' END"
    model = CARRIERS[of]
    query = FOUND.format(attributes=from_site if of == PERSON else "attributes", table=model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(query, [SAMPLE])
        return [key for key, _count in cursor.fetchall()]
