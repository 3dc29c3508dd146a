"""The blanks of a ready text: `{{customer.first_name}}`, or with what to say instead, `{{customer.first_name|there}}`.

With nothing after the bar the blank may be left out, and the comma and space that led to it with it: "Thank you,
{{customer.first_name|}}." is "Thank you." for somebody without a name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from helpdesk.people.models import User, Workspace
from helpdesk.tickets.expecting import say_expected
from helpdesk.tickets.models import Ticket

BLANK = re.compile(r"\{\{\s*([^{}|\n]{1,100}?)\s*(?:\|([^{}\n]{0,200}))?\}\}")
LEFT_OUT = "\x00"  # stands where nothing is to be said, until its comma is gone, too
ANSWERS = "answers"  # of a ticket's attributes: [[question, answer], ...], asked before the chat


@dataclass(frozen=True)
class Scene:
    """For what a text is filled in, and who writes it: a teammate, or the workspace where nobody does."""

    ticket: Ticket
    writer: User | Workspace


@dataclass(frozen=True)
class Placeholder:
    label: str | Promise
    read: Callable[[Scene], Any]


@dataclass(frozen=True)
class Blank:
    """One that nothing is known for: as it stands in the text, and why."""

    token: str
    why: str


@dataclass
class Filled:
    text: str
    blanks: list[Blank] = field(default_factory=list)


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else ""


PLACEHOLDERS: dict[str, Placeholder] = {
    "customer.name": Placeholder(gettext_lazy("Customer's name"), lambda s: s.ticket.contact.name),
    "customer.first_name": Placeholder(
        gettext_lazy("Customer's first name"), lambda s: first_name(s.ticket.contact.name)
    ),
    "customer.email": Placeholder(gettext_lazy("Customer's address"), lambda s: s.ticket.contact.email),
    "customer.phone": Placeholder(gettext_lazy("Customer's phone"), lambda s: s.ticket.contact.phone),
    "company.name": Placeholder(gettext_lazy("Customer's company"), lambda s: s.ticket.contact.company),
    "ticket.number": Placeholder(gettext_lazy("Ticket's number"), lambda s: s.ticket.pk),
    "ticket.subject": Placeholder(gettext_lazy("Ticket's subject"), lambda s: s.ticket.subject),
    "ticket.expected_reply": Placeholder(
        gettext_lazy("When to expect an answer"), lambda s: say_expected(s.ticket)
    ),
    "department.name": Placeholder(gettext_lazy("Ticket's department"), lambda s: s.ticket.department),
    "agent.name": Placeholder(gettext_lazy("Your name"), lambda s: s.writer),
    "agent.first_name": Placeholder(gettext_lazy("Your first name"), lambda s: first_name(str(s.writer))),
    "agent.email": Placeholder(gettext_lazy("Your address"), lambda s: getattr(s.writer, "email", "")),
    "workspace.name": Placeholder(pgettext_lazy("placeholder", "Our name"), lambda s: Workspace.get().name),
}
# What is known by a name of its own: `{{customer.attributes.plan}}`, `{{ticket.answers.Order number}}`.
FAMILIES: dict[str, Callable[[Scene, str], Any]] = {
    "customer.attributes.": lambda s, key: s.ticket.contact.attributes.get(key),
    "company.attributes.": lambda s, key: (
        s.ticket.contact.company.attributes.get(key) if s.ticket.contact.company else None
    ),
    "ticket.attributes.": lambda s, key: s.ticket.attributes.get(key),
    "ticket.answers.": lambda s, key: answer_to(s.ticket, key),
}


def answer_to(ticket: Ticket, question: str) -> Any:
    asked = ticket.attributes.get(ANSWERS) or []
    return next((answer for each, answer in asked if str(each).lower() == question.lower()), None)


def is_known(key: str) -> bool:
    return key in PLACEHOLDERS or any(key.startswith(start) and key != start for start in FAMILIES)


def value_of(key: str, scene: Scene) -> str:
    """What stands for a placeholder, in one line; empty where it is not known."""
    if key in PLACEHOLDERS:
        value = PLACEHOLDERS[key].read(scene)
    else:
        read = next(
            (read, key.removeprefix(start)) for start, read in FAMILIES.items() if key.startswith(start)
        )
        value = read[0](scene, read[1])
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return " ".join(str(value).split())


def fill_in(text: str, ticket: Ticket, writer: User | Workspace) -> Filled:
    """The text for this ticket. What nothing is known for, or what is no placeholder, stays as it is and is told of."""
    scene, blanks = Scene(ticket, writer), {}

    def put_in(found: re.Match) -> str:
        key, instead = found[1], found[2] and found[2].strip()
        value = value_of(key, scene) if is_known(key) else ""
        if value or instead:
            return value or instead
        if instead is not None and is_known(key):
            return LEFT_OUT
        blanks[found[0]] = Blank(found[0], why_empty(key))
        return found[0]

    return Filled(without_gaps(BLANK.sub(put_in, text)), list(blanks.values()))


def fill_in_alone(text: str, ticket: Ticket, writer: User | Workspace) -> str:
    """As `fill_in` where nobody reads it before it goes: what is not known is left out."""
    filled = fill_in(text, ticket, writer)
    left = filled.text
    for blank in filled.blanks:
        left = left.replace(blank.token, LEFT_OUT)
    return without_gaps(left)


def without_gaps(text: str) -> str:
    text = re.sub(rf"^{LEFT_OUT}[,，]?[ ]*", "", text, flags=re.MULTILINE)
    return re.sub(rf"[,，]?[ ]*{LEFT_OUT}", "", text)


def why_empty(key: str) -> str:
    if not is_known(key):
        return _("There is no placeholder of this name.")
    if key in PLACEHOLDERS:
        return _("%(what)s: not known.") % {"what": PLACEHOLDERS[key].label}
    return _("Nothing is noted under this name.")


def unfilled_in(text: str) -> list[str]:
    """The blanks that still stand in a text, each once."""
    return list(dict.fromkeys(found[0] for found in BLANK.finditer(text)))


def unknown_in(text: str) -> list[str]:
    """The blanks of a ready text that could never be filled in: misspelt, most likely."""
    return list(dict.fromkeys(found[0] for found in BLANK.finditer(text) if not is_known(found[1])))
