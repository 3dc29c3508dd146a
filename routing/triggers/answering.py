"""A trigger that answers: with a shortcut, to people only, and never without end."""

from datetime import timedelta

from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.conditions import Case
from helpdesk.errors import Conflict, NotThere, Skipped
from helpdesk.events.actor import Actor
from helpdesk.people.models import Contact, Workspace
from helpdesk.tickets.models import Message, Shortcut, Ticket
from helpdesk.tickets.shortcuts.finding import language_of, shared_shortcut
from helpdesk.tickets.shortcuts.placeholders import fill_in_alone
from helpdesk.tickets.writing import reply
from routing.service import care

# Two machines that answer each other without saying that they are machines end here.
MOST_ANSWERS_AN_HOUR = 3


def answer(case: Case, shortcut_name: str, by: Actor) -> str:
    """Answer with the variant of the shortcut that fits the ticket; returns why not, where automatic answers to this
    customer were stopped. Raises Conflict where an answer is not due, and NotThere where the shortcut is gone."""
    ticket = Ticket.objects.get(pk=case.ticket.pk)  # as earlier actions left it
    shortcut = shared_shortcut(shortcut_name, ticket)
    if shortcut is None:
        raise NotThere(_("The shortcut /%(name)s is gone.") % {"name": shortcut_name})
    return answer_with(case, shortcut, by)


def answer_with(case: Case, shortcut: Shortcut, by: Actor) -> str:
    """As `answer`, with a shortcut or macro that is at hand."""
    ticket = Ticket.objects.select_related("contact").get(pk=case.ticket.pk)  # as earlier actions left it
    refuse_machines(ticket)
    care.refuse_machines(ticket)  # a sensitive matter is left to people
    refuse_too_many(ticket.contact)
    text = fill_in_alone(shortcut.text_in(language_of(ticket)), ticket, Workspace.get())
    message = reply(ticket, text, by=by)
    # Returned and not raised: what reply() wrote down about the stop must stay.
    return (
        ""
        if message
        else _("Not sent: automatic answers to this address are stopped, or a machine reads there.")
    )


def refuse_machines(ticket: Ticket) -> None:
    """Machine mail is never answered by a machine, nor is anybody who never wrote."""
    last = ticket.messages.filter(kind=Message.Kind.INCOMING).order_by("-created_at", "-id").first()
    if last is None:
        raise Skipped(_("Not sent: the customer has not written yet."))
    if last.is_automatic:
        raise Skipped(_("Not sent: the last message was written by a machine."))
    if ticket.contact.is_blocked or ticket.is_spam:
        raise Skipped(_("Not sent: the sender is blocked or the ticket is spam."))


def refuse_too_many(contact: Contact) -> None:
    """`fire` holds the contact's lock, so two jobs at the same moment can't both find room."""
    sent = Message.objects.filter(
        ticket__contact=contact,
        kind=Message.Kind.OUTGOING,
        author_kind="trigger",
        created_at__gt=clock.now() - timedelta(hours=1),
    )
    if sent.count() >= MOST_ANSWERS_AN_HOUR:
        raise Conflict(
            _("Not sent: triggers have answered this customer %(count)s times within the hour.")
            % {"count": MOST_ANSWERS_AN_HOUR}
        )
