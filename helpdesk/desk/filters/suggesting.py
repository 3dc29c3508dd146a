"""What may be meant while somebody still types into the search box: filters, then their values."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions.fields.attributes import attribute_fields
from helpdesk.desk.filters.keys import ALIASES, KEYS, OF_COMPANY, OF_PERSON
from helpdesk.desk.filters.meaning import ME, NOBODY, contacts_like
from helpdesk.desk.filters.parsing import SAME
from helpdesk.lexemes import fold
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import Ticket

LAST = re.compile(
    r'(?:^|\s)(?P<no>-?)(?:(?P<key>[A-Za-z_]+(?:\.[\w.-]+)?):(?:"(?P<quoted>[^"]*)|(?P<plain>[^\s"]*))|(?P<begun>[^\s":]*))$'
)
MOST = 8
NEWEST = 1000  # tickets whose tags are offered
WORDS_FOR: dict[str, str | Promise] = {
    "from": _("who wrote: name, address or company"),
    "is": _("open, closed, mine, unassigned, waiting …"),
    "tag": _("a tag"),
    "assignee": _("who has it; me, none"),
    "department": _("a department; none"),
    "channel": _("email, webchat, telegram, api"),
    "status": _("new, open, pending, on_hold, solved, closed"),
    "priority": _("low, normal, high, urgent"),
    "language": _("the customer’s language"),
    "has": _("attachment, note, rating"),
    "waiting": _("how long the customer waits: >2h"),
    "before": _("last message before a day: 2026-11-30, 7d"),
    "after": _("last message on or after a day"),
    "created": _("the day it began; <7d, >2w"),
    "number": _("the ticket’s number"),
}


@dataclass(frozen=True)
class Suggestion:
    """`text` takes the place of what is being typed, `words` say more; a filter alone goes on with its value."""

    text: str
    words: str | Promise = ""

    @property
    def goes_on(self) -> bool:
        return self.text.endswith(":")


def suggest(typed: str, user: User) -> tuple[int, list[Suggestion]]:
    """For the text before the caret: from which character on it is replaced, and by what."""
    match = LAST.search(typed.translate(SAME))
    if not match:
        return len(typed), []
    begin = match.start("no")
    if match["key"]:
        name = match["key"].lower()
        key = ALIASES.get(name, name)
        begun = match["quoted"] or match["plain"] or ""
        found = values_of(key, begun, user) if key in KEYS else attribute_values(key, begun)
        return begin, [Suggestion(f"{match['no']}{key}:{quoted(text)}", words) for text, words in found]
    begun = match["begun"].lower()
    fitting = [key for key in KEYS if key.startswith(begun)] if begun or not typed.strip() else []
    found = [(key, WORDS_FOR[key]) for key in fitting] + attributes_like(begun)
    return begin, [Suggestion(f"{match['no']}{key}:", words) for key, words in found]


def attributes_like(begun: str) -> list[tuple[str, str | Promise]]:
    """What the team has defined, as filters; offered once somebody begins to write one."""
    named = [
        (field.key.replace("person:", OF_PERSON).replace("company:", OF_COMPANY), field.label)
        for field in attribute_fields()
    ]
    wanted = [one for one in named if begun and " " not in one[0] and one[0].lower().startswith(begun)]
    return wanted[:MOST]


def attribute_values(key: str, begun: str) -> list[tuple[str, str | Promise]]:
    """The choices of an attribute that has some, yes and no; else that it is empty or is not."""
    name = key.replace(OF_PERSON, "person:").replace(OF_COMPANY, "company:")
    field = next((field for field in attribute_fields() if field.key.lower() == name), None)
    if field is None:
        return []
    known = [key for key, _label in field.offers()] if field.offers else []
    values = [*known, *(["yes", "no"] if field.kind == "yes_no" else [])]
    choices = [
        *((value, "") for value in values),
        ("any", _("something is known")),
        ("none", _("nothing is known")),
    ]
    wanted = fold(begun)
    return [(text, words) for text, words in choices if begins(text, wanted)][:MOST]


def quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"\s", value) else value


def values_of(key: str, begun: str, user: User) -> list[tuple[str, str | Promise]]:
    """Values that begin so, or have a word that does, each with words that say more."""
    if key == "from":
        return people(begun, user)
    choices: Iterable[tuple[str, str | Promise]] = {
        "tag": lambda: ((tag, "") for tag in tags_in_use(user)),
        "assignee": lambda: [
            (ME, _("you")),
            (NOBODY, _("nobody")),
            *((str(one), one.email) for one in User.objects.agents()),
        ],
        "department": lambda: [*((str(one), "") for one in departments_of(user)), (NOBODY, _("none"))],
        "language": lambda: settings.LANGUAGES,
    }.get(key, lambda: ((choice, "") for choice in KEYS[key].choices))()
    wanted = fold(begun)
    return [(text, words) for text, words in choices if begins(text, wanted)][
        : None if KEYS[key].choices else MOST
    ]


def begins(text: str, wanted: str) -> bool:
    folded = fold(text)
    return folded.startswith(wanted) or any(word.startswith(wanted) for word in folded.split())


def people(begun: str, user: User) -> list[tuple[str, str]]:
    """Customers of whom the agent may see a ticket."""
    if len(begun) < 2:
        return []
    seen = Ticket.objects.visible_to(user).filter(contact=OuterRef("pk"))
    found = contacts_like(begun).standing().filter(Exists(seen)).order_by("-pk")[:MOST]
    return [(one.email or one.name, one.name if one.email else "") for one in found if one.email or one.name]


def tags_in_use(user: User) -> list[str]:
    """The tags of the newest tickets, those most used first."""
    newest = (
        Ticket.objects.visible_to(user).order_by("-last_message_at").values_list("tags", flat=True)[:NEWEST]
    )
    count: dict[str, int] = {}
    for tags in newest:
        for tag in tags:
            count[tag] = count.get(tag, 0) + 1
    return sorted(count, key=lambda tag: (-count[tag], tag))
