"""How a ready text will look, before any ticket needs it."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.people.models import Company, Contact, User
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.shortcuts.placeholders import ANSWERS, BLANK, Filled, fill_in


@dataclass(frozen=True)
class Sample:
    """The text of one language, for somebody we know well and for somebody of whom we know nothing."""

    language: str  # its name
    code: str
    known: Filled
    stranger: Filled

    @property
    def differs(self) -> bool:
        return self.known.text != self.stranger.text


def sample_of(text: str, writer: User, language: str) -> Sample:
    return Sample(
        dict(settings.LANGUAGES).get(language, language),
        language,
        fill_in(text, sample_ticket(text), writer),
        fill_in(text, Ticket(pk=4711, contact=Contact()), writer),
    )


def sample_ticket(text: str) -> Ticket:
    """Nobody's: made up, and never stored. What the text asks for by a name of its own is known, as that name."""
    contact = Contact(
        name="Carla Rossi",
        email="carla@customer.example",
        phone="+39 051 000000",
        company=Company(name="Rossi & Figli", attributes=asked_for(text, "company.attributes.")),
        attributes=asked_for(text, "customer.attributes."),
    )
    department = Ticket._meta.get_field("department").related_model(name=_("Support"))
    answers = [list(one) for one in asked_for(text, "ticket.answers.").items()]
    attributes = asked_for(text, "ticket.attributes.") | {ANSWERS: answers}
    return Ticket(
        pk=4711, subject=_("My order"), contact=contact, department=department, attributes=attributes
    )


def asked_for(text: str, family: str) -> dict[str, str]:
    keys = (found[1].removeprefix(family) for found in BLANK.finditer(text) if found[1].startswith(family))
    return {key: f"[{key}]" for key in keys}
