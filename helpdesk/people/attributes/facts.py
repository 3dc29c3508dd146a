"""What is known of a person and their company, as rows to print: what has a type as that type reads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.conf import settings

from helpdesk.people.attributes.changing import mark_of
from helpdesk.people.attributes.definitions import COMPANY, PERSON, standing
from helpdesk.people.attributes.kinds import KINDS, Unfitting, yes_no_words
from helpdesk.people.attributes.models import Attribute
from helpdesk.people.attributes.ours import without_ours
from helpdesk.people.attributes.own_fields import OWN_FIELDS, kept
from helpdesk.people.models import Contact
from helpdesk.people.visitors import CLAIMS

LINKS = {"email": "mailto:", "phone": "tel:"}


@dataclass(frozen=True)
class Fact:
    """One row. `problem`: why the value is none of its type. `claimed`: what a site says there without a proof, where
    that is something else. Without `can_edit` nobody has defined it."""

    of: str
    key: str
    label: str
    raw: Any = None
    words: str = ""
    kind: str = "text"
    problem: str = ""
    is_claimed: bool = False
    claimed: str = ""
    href: str = ""
    is_folded: bool = False
    can_edit: bool = True
    choices: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"fact-{self.of}-{crc32(self.key.encode()):x}"

    @property
    def mark(self) -> str:
        return "-" if self.is_claimed else mark_of(self.raw)


@dataclass(frozen=True)
class Facts:
    """Of one person: `own` by key, the team's attributes in its order, and the rest as it came."""

    own: dict[str, Fact]
    person: list[Fact]
    company: list[Fact]
    others: list[Fact]

    def find(self, of: str, key: str) -> Fact | None:
        if of == PERSON and key in self.own:
            return self.own[key]
        return next((one for one in (*self.person, *self.company) if (one.of, one.key) == (of, key)), None)


def facts_of(contact: Contact) -> Facts:
    """Asks the database for nothing but the definitions, and those are mostly at hand."""
    claims = claims_of(contact)
    company = contact.company.attributes if contact.company else {}
    known = standing()
    person = [fact_of(row, contact.attributes, claims) for row in known if row.of == PERSON]
    of_company = [fact_of(row, company, {}) for row in known if row.of == COMPANY] if contact.company else []
    others = plain_facts(PERSON, without_ours(contact.attributes), claims, {one.key for one in person})
    others += plain_facts(COMPANY, company, {}, {one.key for one in of_company})
    return Facts({key: own_fact(contact, key) for key in OWN_FIELDS}, person, of_company, others)


def claims_of(contact: Contact) -> dict[str, Any]:
    claims = contact.attributes.get(CLAIMS)
    return claims if isinstance(claims, dict) else {}


def own_fact(contact: Contact, key: str) -> Fact:
    raw = kept(contact, key)
    words = str(contact.company or "") if key == "company" else str(raw or "")
    if key == "language":
        words = dict(settings.LANGUAGES).get(words, words)
    if key == "time_zone":
        words = words.rpartition("/")[2].replace("_", " ")
    href = f"{LINKS[key]}{''.join(words.split())}" if key in LINKS and words else ""
    kind = {"language": "choice", "email": "email", "phone": "tel"}.get(key, "text")
    return Fact(PERSON, key, str(OWN_FIELDS[key].label), raw, words, kind, href=href)


def fact_of(row: Attribute, values: Mapping[str, Any], claims: Mapping[str, Any]) -> Fact:
    raw, said = values.get(row.key), claims.get(row.key)
    is_claimed = raw in (None, "") and said not in (None, "")
    raw = said if is_claimed else raw
    words, problem = words_of(row, raw)
    other = "" if is_claimed or said in (None, "") else words_of(row, said)[0]
    return Fact(
        row.of,
        row.key,
        str(row.label),
        raw,
        words,
        row.kind,
        problem,
        is_claimed,
        "" if other == words else other,
        words if row.kind == Attribute.Kind.LINK and not problem else "",
        row.is_folded,
        choices=tuple(row.choices),
    )


def words_of(row: Attribute, raw: Any) -> tuple[str, str]:
    """How it reads, and why it does not fit its type."""
    if raw is None or raw == "":
        return "", ""
    kind = KINDS[row.kind]
    try:
        return kind.words(kind.read(raw, row.choices)), ""
    except Unfitting as refusal:
        return as_text(raw), str(refusal)


def plain_facts(
    of: str, values: Mapping[str, Any], claims: Mapping[str, Any], defined: set[str]
) -> list[Fact]:
    rows = [
        Fact(of, key, key, raw, as_text(raw), is_claimed=is_claimed, can_edit=False)
        for some, is_claimed in ((values, False), (claims, True))
        for key, raw in some.items()
        if key not in defined and raw not in (None, "")
    ]
    return rows


def as_text(raw: Any) -> str:
    """Whatever JSON holds, in words."""
    if isinstance(raw, bool):
        return yes_no_words(raw)
    if isinstance(raw, list) and all(isinstance(one, str | int | float) for one in raw):
        return ", ".join(map(str, raw))
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
