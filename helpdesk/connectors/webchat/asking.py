"""The form before a chat: which questions an inbox asks, whom, and what becomes of the answers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.connectors.webchat.identity import Claim
from helpdesk.connectors.webchat.parsing import words
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import Invalid
from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import lock_contact, note_claimed_address
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import transfer_ticket
from helpdesk.tickets.models import Ticket

NEVER, FIRST, ALWAYS = "never", "first", "always"
TEXT, EMAIL, TEL, SELECT, DEPARTMENT = "text", "email", "tel", "select", "department"
KINDS = (TEXT, EMAIL, TEL, SELECT, DEPARTMENT)
MOST_FIELDS = 12
MOST_CHOICES = 40
LONGEST_ANSWER = 500
NAME = "name"  # the key of a text that is the person's name
KEPT_AS = "answers"  # the ticket's attribute: [[question, answer], ...] in the form's order
NUMBER = re.compile(r"\+?[\d\s().\-/]{5,38}\d")


@dataclass(frozen=True)
class Field:
    """One question. `choices` are (value, words)."""

    key: str
    label: str
    kind: str = TEXT
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answers:
    """What a visitor answered, checked."""

    name: str = ""
    email: str = ""
    phone: str = ""
    department: int | None = None
    others: list[list[str]] = field(default_factory=list)


class WrongAnswers(Invalid):
    """`fields` says of each wrong answer, by its key, what is wrong; `form` asks anew, as HTML, where it is known who is
    asked."""

    status = 422
    code = "wrong_answers"
    form = ""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(next(iter(fields.values())), field=next(iter(fields)))
        self.fields = dict(fields)


def fields_of(inbox: Inbox) -> list[Field]:
    """The questions in the inbox's options, believing nothing; a choice among nothing is left out."""
    asked = (inbox.options or {}).get("form")
    read = (
        [field_of(one) for one in asked[:MOST_FIELDS] if isinstance(one, dict)]
        if isinstance(asked, list)
        else []
    )
    fields = {one.key: one for one in read if one.key and one.label}
    return [one for one in fields.values() if one.choices or one.kind not in (SELECT, DEPARTMENT)]


def field_of(asked: Mapping[str, Any]) -> Field:
    kind = asked.get("kind") if asked.get("kind") in KINDS else TEXT
    choices = asked.get("choices")
    named = [words({"": one}, "", 120).strip() for one in choices] if isinstance(choices, list) else []
    return Field(
        key=words(asked, "key", 40).strip(),
        label=words(asked, "label", 120).strip(),
        kind=kind,
        is_required=asked.get("is_required") is True,
        choices=departments()
        if kind == DEPARTMENT
        else tuple((one, one) for one in named[:MOST_CHOICES] if one),
    )


def departments() -> tuple[tuple[str, str], ...]:
    """Those a customer may choose: a restricted one's name is not for customers."""
    model = apps.get_model("routing", "Department")
    rows = model.objects.filter(is_active=True, is_restricted=False)
    return tuple((str(pk), name) for pk, name in rows.values_list("pk", "name")[:MOST_CHOICES])


def asked_fields(visit: Visit, claim: Claim | None = None) -> list[Field]:
    """What to ask before this visitor writes, and none of a person who is known. `claim`: what the site says of them.

    "first": before a person's first chat; "always": before each new one, but never what is known of them.
    """
    when = (visit.inbox.options or {}).get("asks_before")
    if when not in (FIRST, ALWAYS):
        return []
    contact, claim = visit.contact(), claim or Claim()
    if when == FIRST and (contact or visit.user_id or claim.user_id or claim.email):
        return []
    if contact and visit.tickets().unfinished().exists():
        return []
    return [one for one in fields_of(visit.inbox) if not is_known(one, contact, claim)]


def questions(
    fields: list[Field], *, given: Mapping[str, str], wrong: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The questions as `_questions.html` prints them, with what was answered already and what is wrong with it."""
    return [vars(one) | {"given": given.get(one.key, ""), "wrong": wrong.get(one.key, "")} for one in fields]


def form_for(visit: Visit, claim: Claim | None = None) -> str:
    """The form before this visitor's chat as HTML, in their language; "" where nothing is asked."""
    fields = asked_fields(visit, claim)
    if not fields:
        return ""
    with translation.override(visit.language):
        return render_to_string("webchat/_form.html", {"fields": questions(fields, given={}, wrong={})})


def is_known(asked: Field, contact: Contact | None, claim: Claim) -> bool:
    name = {EMAIL: "email", TEL: "phone"}.get(asked.kind, "name" if asked.key == NAME else "")
    return bool(name and (getattr(contact, name, "") or getattr(claim, name)))


def read_answers(fields: list[Field], said: object) -> Answers:
    """The answers to these questions; `said` is {key: answer}, or that as JSON. Raises WrongAnswers."""
    given, wrong, kept = mapping_of(said), {}, {}
    for asked in fields:
        try:
            kept[asked.key] = checked(asked, words(given, asked.key, LONGEST_ANSWER + 1).strip())
        except ValidationError as error:
            wrong[asked.key] = error.messages[0]
    if wrong:
        raise WrongAnswers(wrong)
    return sorted_out(fields, kept)


def checked(asked: Field, answer: str) -> str:
    """The answer as it is kept. Raises ValidationError with the reason."""
    if not answer:
        if asked.is_required:
            raise ValidationError(_("Please fill this in."))
        return ""
    if len(answer) > LONGEST_ANSWER:
        raise ValidationError(_("At most %(most)s characters.") % {"most": LONGEST_ANSWER})
    if asked.kind == EMAIL:
        check_email(answer)
    elif asked.kind == TEL:
        check_phone(answer)
    elif asked.choices and answer not in dict(asked.choices):
        raise ValidationError(_("Choose one of the list."))
    return answer


def check_email(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(_("This is no email address: %(address)s") % {"address": address}) from None


def check_phone(number: str) -> None:
    if not NUMBER.fullmatch(number):
        raise ValidationError(_("This is no phone number: %(number)s") % {"number": number})


def sorted_out(fields: list[Field], kept: Mapping[str, str]) -> Answers:
    """Each answer where it belongs: of the first question of its kind; what is the ticket's in the form's order."""
    found: dict[str, Any] = {}
    others = []
    for asked in fields:
        answer = kept[asked.key]
        own = {EMAIL: "email", TEL: "phone", DEPARTMENT: "department"}.get(asked.kind)
        own = own or ("name" if asked.key == NAME else None)
        if not answer:
            continue
        if own and own not in found:
            found[own] = int(answer) if own == "department" else answer
        else:
            others.append([asked.label, dict(asked.choices).get(answer, answer)])
    found["name"] = found.get("name", "")[:120]
    return Answers(others=others, **found)


def keep_answers(ticket: Ticket, answers: Answers) -> None:
    """Contact, department and ticket as the visitor described them. What they say of themselves is a claim: it fills
    what is empty, and an address that they are known by stays."""
    with transaction.atomic():
        contact = lock_contact(ticket.contact_id)
        contact.name = contact.name or answers.name
        contact.phone = answers.phone or contact.phone
        note_claimed_address(contact, answers.email)
        contact.save(update_fields=["name", "phone", "email"])
        if answers.others:
            standing = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
            standing.attributes |= {KEPT_AS: answers.others}
            standing.save(update_fields=["attributes"])
        if answers.department:
            chosen = apps.get_model("routing", "Department").objects.get(pk=answers.department)
            transfer_ticket(ticket, to=chosen, by=Actor.customer(contact))


def mapping_of(said: object) -> dict[str, Any]:
    if isinstance(said, str) and len(said) <= MOST_FIELDS * (LONGEST_ANSWER + 100):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            return {}
    return said if isinstance(said, dict) else {}
