"""What agents do in a chat: answer, and close it."""

from typing import Any

from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.models import Message, Survey, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent


def answer(ticket: Ticket, text: str = "Here you are.", **details: Any) -> Message:
    return reply(ticket, text, by=by(make_agent("Alice")), **details)


def surveyed(browser: Any) -> Survey:
    """A closed conversation of this browser, with its survey sent."""
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    answer(ticket)
    close_ticket(ticket, by=by(make_agent("Alice")))
    return send_survey(ticket.events.get(name="ticket.closed"))
