"""A query as a form, and the form as a query: what has a field stands in it, all else stays as it was written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from django.conf.locale import LANG_INFO
from django.utils.functional import Promise
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import Field
from helpdesk.conditions.fields.attributes import attribute_fields
from helpdesk.desk.filters import keys
from helpdesk.desk.filters.attributes import plain
from helpdesk.desk.filters.meaning import ME, NOBODY
from helpdesk.desk.filters.parsing import KEY, Asked, Term, parse_query, without_quotes
from helpdesk.desk.filters.suggesting import tags_in_use
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import Ticket

Choices = list[tuple[str, str | Promise]]
REST = "rest"  # words, and every filter that has no field
# What an agent asks for most comes first; whose it is has a field of its own.
STATES: Choices = [
    ("open", _("Open")),
    ("waiting", _("Waiting for us")),
    ("unread", _("Unread")),
    ("mentioned", _("Mentions me")),
    ("escalated", _("Escalated")),
    ("snoozed", _("Snoozed")),
    ("closed", pgettext_lazy("tickets", "Closed")),
    ("merged", _("Merged")),
    ("spam", _("Spam")),
    ("trash", _("Trash")),
]
HOLDINGS: Choices = [("attachment", _("Files")), ("note", _("Notes")), ("rating", _("A rating"))]
SPANS: Choices = [
    (">1h", _("1 hour")),
    (">4h", _("4 hours")),
    (">1d", _("1 day")),
    (">3d", _("3 days")),
    (">1w", _("1 week")),
]


class Sent(Protocol):
    """What a form sends: a QueryDict."""

    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True)
class Entry:
    """A field of the form. `name` is the filter's; of several fields of one filter the sign tells them apart (`created>`).

    `kind`: "text", "tags", "day", "one" or "many" of the choices. `chosen`: what the query says.
    """

    name: str
    label: str | Promise
    kind: str
    choices: Choices = ()
    chosen: tuple[str, ...] = ()
    hint: str | Promise = ""

    @property
    def value(self) -> str:
        return ", ".join(self.chosen)

    @property
    def element(self) -> str:
        """An id for it in the page."""
        return f"filter-{self.name.translate(SIGNS)}"

    @property
    def key(self) -> str:
        return self.name.rstrip("<>")

    @property
    def sign(self) -> str:
        return self.name.removeprefix(self.key)

    def takes(self, term: Term) -> str | None:
        """What stands in this field for the term; None where it can't stand there just so."""
        if term.is_not or term.key != self.key or not term.value.startswith(self.sign):
            return None
        value = term.value.removeprefix(self.sign)
        return value if self.fits(value) else None

    def fits(self, value: str) -> bool:
        if self.kind in ("one", "many"):
            return value in dict(self.choices)
        if self.kind == "day":
            return is_day(value)
        return value == without_quotes(value) != "" and not (self.kind == "tags" and "," in value)

    def terms(self, sent: Sent) -> list[Term]:
        """What was sent of it, as filters."""
        given = sent.getlist(self.name)
        if self.kind == "tags":
            given = [tag for text in given for tag in text.split(",")]
        values = (without_quotes(text) for text in given)
        return [Term(self.key, self.sign + value) for value in values if value]


SIGNS = str.maketrans({">": "-after", "<": "-before", ".": "-"})


def is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@dataclass(frozen=True)
class Panel:
    """The form: its fields as they stand for a query, and of customers and companies what the team has defined."""

    entries: tuple[Entry, ...]
    attributes: tuple[Entry, ...]
    rest: str

    @property
    def by_name(self) -> Mapping[str, Entry]:
        return {entry.name: entry for entry in self.entries}

    @property
    def has_more(self) -> bool:
        """Does the query say something in what is seldom asked for?"""
        seldom = [self.by_name[name] for name in ("status", "has")]
        return any(entry.chosen for entry in (*seldom, *self.days, *self.attributes))

    @property
    def days(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == "day"]


def panel_for(query: str, user: User) -> Panel:
    """The form as this query fills it, however long it is."""
    own, of_team = entries_for(user), attribute_entries()
    filled, rest = fill([*own, *of_team], parse_query(query, longest=len(query)))
    return Panel(tuple(filled[: len(own)]), tuple(filled[len(own) :]), rest)


def fill(entries: Iterable[Entry], asked: Asked) -> tuple[list[Entry], str]:
    """The fields with what the query says, and the rest of it as text."""
    chosen: dict[str, list[str]] = {entry.name: [] for entry in entries}
    rest = []
    for term in asked.terms:
        place = next((entry for entry in entries if has_room(entry, chosen[entry.name], term)), None)
        if place:
            chosen[place.name].append(place.takes(term))
        else:
            rest.append(str(term))
    filled = [replace(entry, chosen=tuple(chosen[entry.name])) for entry in entries]
    return filled, " ".join(rest)


def has_room(entry: Entry, chosen: list[str], term: Term) -> bool:
    return entry.takes(term) is not None and (entry.kind in ("many", "tags") or not chosen)


def query_of(sent: Sent, user: User) -> str:
    """The query that a sent form says. What is wrong with it is said where its tickets are shown."""
    entries = [*entries_for(user), *attribute_entries()]
    terms = [str(term) for entry in entries for term in entry.terms(sent)]
    return " ".join([*terms, *" ".join(sent.getlist(REST)).split()])


def entries_for(user: User) -> list[Entry]:
    return [
        Entry("from", _("Customer"), "text", hint=_("Name, address or company")),
        Entry("tag", _("Tags"), "tags", [(tag, tag) for tag in tags_in_use(user)[:30]], hint=_("Several with commas")),
        Entry("assignee", _("Assignee"), "one", [(ME, _("Me")), (NOBODY, _("Nobody")), *team()]),
        Entry("department", _("Department"), "one", [*departments(user), (NOBODY, _("None"))]),
        Entry("is", _("State"), "many", STATES),
        Entry("status", _("Status"), "many", Ticket.Status.choices),
        Entry("priority", _("Priority"), "many", [(key, Ticket.Priority(n).label) for key, n in keys.PRIORITIES.items()]),
        Entry("channel", _("Channel"), "many", Inbox.Kind.choices),
        Entry("has", _("With"), "many", HOLDINGS),
        Entry("waiting", _("Waits longer than"), "one", SPANS),
        Entry("language", _("Language"), "one", languages()),
        Entry("after", _("Last message since"), "day"),
        Entry("before", _("Last message before"), "day"),
        Entry("created>", _("Began after"), "day"),
        Entry("created<", _("Began before"), "day"),
    ]  # fmt: skip


def team() -> Choices:
    """By name where one is enough to tell them."""
    people = list(User.objects.agents())
    names = [str(one) for one in people]
    return [
        (name if names.count(name) == 1 and name == without_quotes(name) else one.email, name)
        for one, name in zip(people, names, strict=True)
    ]


def departments(user: User) -> Choices:
    return [(name, name) for name in map(str, departments_of(user)) if name == without_quotes(name)]


def languages() -> Choices:
    known = [
        (code, get_language_info(code)["name_translated"]) for code in LANG_INFO if "name" in LANG_INFO[code]
    ]
    return sorted(known, key=lambda one: str(one[1]))


def attribute_entries() -> list[Entry]:
    named = ((attribute_key(field), field) for field in attribute_fields())
    return [attribute_entry(name, field) for name, field in named if KEY.fullmatch(name)]


def attribute_key(field: Field) -> str:
    of, _colon, key = field.key.partition(":")
    return f"{keys.OF_PERSON if of == 'person' else keys.OF_COMPANY}{plain(key)}"


def attribute_entry(name: str, field: Field) -> Entry:
    if field.kind in ("choice", "yes_no"):
        known = field.offers() if field.offers else [("yes", _("Yes")), ("no", _("No"))]
        return Entry(name, field.label, "one", [one for one in known if one[0] == without_quotes(one[0])])
    hint = {"number": ">50", "date": ">2026-11-30"}.get(field.kind, "")
    return Entry(name, field.label, "text", hint=hint)
