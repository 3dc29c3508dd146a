"""What a condition can ask about. A new one is one line in FIELDS."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from routing.triggers import choices
from routing.triggers.occasions import Occasion


@dataclass(frozen=True)
class Field:
    key: str
    label: str | Promise
    kind: str  # text, choice, tags, state: see operators
    read: Callable[[Occasion], list[str]]
    offers: Callable[[], choices.Choices] | None = None
    hint: str | Promise = ""


def key_of(value: object) -> list[str]:
    return [] if value is None or value == "" else [str(value)]


def subject_and_first(occasion: Occasion) -> list[str]:
    return [occasion.ticket.subject, occasion.first.text if occasion.first else ""]


def message_text(occasion: Occasion) -> list[str]:
    return [occasion.message.text] if occasion.message else []


def sender_domain(occasion: Occasion) -> list[str]:
    return key_of(occasion.ticket.contact.email.rpartition("@")[2])


def company(occasion: Occasion) -> list[str]:
    return key_of(occasion.ticket.contact.company)


def language(occasion: Occasion) -> list[str]:
    return key_of(occasion.ticket.language or occasion.ticket.contact.language)


def rating(occasion: Occasion) -> list[str]:
    return key_of(occasion.event.value) if occasion.event.name == "survey.rated" else []


def office(occasion: Occasion) -> list[str]:
    return ["open" if occasion.is_office_open else "closed"]


def newness(occasion: Occasion) -> list[str]:
    return ["new" if occasion.is_first_ticket else "known"]


def office_states() -> choices.Choices:
    return [("open", str(_("open"))), ("closed", str(_("closed")))]


def customer_states() -> choices.Choices:
    return [("new", str(_("new here"))), ("known", str(_("known already")))]


WORDS = _("words with commas between")

FIELDS = {
    field.key: field
    for field in (
        Field("subject_or_first", _("Subject or first message"), "text", subject_and_first, hint=WORDS),
        Field("text", _("Message"), "text", message_text, hint=WORDS),
        Field("subject", _("Subject"), "text", lambda o: [o.ticket.subject], hint=WORDS),
        Field("sender", _("Sender's address"), "text", lambda o: [o.ticket.contact.email]),
        Field("domain", _("Sender's domain"), "text", sender_domain, hint="example.com"),
        Field("company", _("Company"), "text", company),
        Field("channel", _("Channel"), "choice", lambda o: [o.ticket.channel], choices.channels),
        Field(
            "inbox",
            pgettext_lazy("channel", "Inbox"),
            "choice",
            lambda o: key_of(o.ticket.inbox_id),
            choices.inboxes,
        ),
        Field(
            "department",
            _("Department"),
            "choice",
            lambda o: key_of(o.ticket.department_id),
            choices.departments,
        ),
        Field("assignee", _("Assignee"), "choice", lambda o: key_of(o.ticket.assignee_id), choices.agents),
        Field("language", _("Language"), "choice", language, choices.languages),
        Field("tag", _("Tags"), "tags", lambda o: list(o.ticket.tags), hint=_("tags with commas between")),
        Field("priority", _("Priority"), "choice", lambda o: key_of(o.ticket.priority), choices.priorities),
        Field("status", _("Status"), "choice", lambda o: [o.ticket.status], choices.statuses),
        Field("rating", _("Rating"), "choice", rating, choices.ratings),
        Field("office", _("Our office"), "state", office, office_states),
        Field("customer", _("The customer"), "state", newness, customer_states),
    )
}
