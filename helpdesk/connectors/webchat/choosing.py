"""What a visitor chooses instead of waiting: to be called back, or to be answered by mail."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.connectors.webchat.asking import check_phone
from helpdesk.connectors.webchat.conversation import note_details
from helpdesk.connectors.webchat.limits import Blocked
from helpdesk.connectors.webchat.parsing import email_of, words
from helpdesk.connectors.webchat.standing import CALL, CHOSEN, MAIL, WAIT, open_ticket
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.connectors.webchat.waiting import wait_on
from helpdesk.errors import Invalid, NotThere
from helpdesk.events.actor import SYSTEM
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Workspace
from helpdesk.tickets.actions import tag_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import add_note

TAGS = {CALL: "call-back", MAIL: "answer-by-mail"}


def choose(visit: Visit, frame: Mapping[str, Any]) -> None:
    """`choice` is wait, call (with `phone`) or mail (with `email`, unless we have one). Raises Invalid with the field,
    NotThere where nothing waits, Blocked. The team finds a tag and a note on the ticket."""
    ticket, choice = open_ticket(visit), words(frame, "choice", 10)
    if ticket is None:
        raise NotThere
    if ticket.contact.is_blocked:
        raise Blocked
    if choice == WAIT:
        wait_on(ticket)
    elif choice == CALL:
        ask_for_call(ticket, phone_in(frame))
    elif choice == MAIL:
        ask_for_mail(visit, ticket, frame)
    else:
        raise Invalid(field="choice")


def ask_for_call(ticket: Ticket, phone: str) -> None:
    with transaction.atomic():
        contact = lock_contact(ticket.contact_id)
        contact.phone = phone
        contact.save(update_fields=["phone"])
        note_choice(ticket, CALL, phone)


def ask_for_mail(visit: Visit, ticket: Ticket, frame: Mapping[str, Any]) -> None:
    given = email_of(frame)
    if not (given or ticket.contact.email):
        raise Invalid(_("Please fill this in."), field="email")
    with transaction.atomic():
        if given:
            note_details(visit, {"email": given})
        ticket.contact.refresh_from_db()
        note_choice(ticket, MAIL, ticket.contact.email)


def note_choice(ticket: Ticket, choice: str, where: str) -> None:
    """Once: choosing the same again says nothing new."""
    standing = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    said = f"{choice} {where}"
    if standing.attributes.get(f"{CHOSEN}_as") == said:
        return
    standing.attributes |= {CHOSEN: choice, f"{CHOSEN}_as": said}
    standing.save(update_fields=["attributes"])
    tag_ticket(ticket, tags=[TAGS[choice]], by=SYSTEM)
    add_note(ticket, words_for_team(choice, where), by=SYSTEM)


def words_for_team(choice: str, where: str) -> str:
    with translation.override(Workspace.get().language):
        if choice == CALL:
            return _("The customer did not want to wait and asks to be called back: %(phone)s") % {
                "phone": where
            }
        return _("The customer did not want to wait and asks to be answered by mail: %(address)s") % {
            "address": where
        }


def phone_in(frame: Mapping[str, Any]) -> str:
    phone = words(frame, "phone", 41).strip()
    if not phone:
        raise Invalid(_("Please fill this in."), field="phone")
    try:
        check_phone(phone)
    except ValidationError as error:
        raise Invalid(error.messages[0], field="phone") from None
    return phone
