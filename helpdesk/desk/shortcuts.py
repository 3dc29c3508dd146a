"""What "/" offers in the composer: shortcuts filled in for the ticket, and what their steps would do."""

from dataclasses import dataclass

from django.conf import settings

from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut, Ticket
from helpdesk.tickets.shortcuts.finding import language_of, offered_shortcuts
from helpdesk.tickets.shortcuts.placeholders import Filled, fill_in
from helpdesk.tickets.shortcuts.steps import Offers


@dataclass(frozen=True)
class Offer:
    shortcut: Shortcut
    filled: Filled
    steps: list[str]  # in words
    other_language: str  # its name, where there is no text in the customer's

    @property
    def acts_at_once(self) -> bool:
        return not self.filled.text


def shortcuts_for(ticket: Ticket, query: str, user: User) -> list[Offer]:
    """The shortcuts that fit what was typed after "/", the likeliest first, each in the customer's language and filled in."""
    offers = Offers(user)
    return [offer_of(shortcut, ticket, user, offers) for shortcut in offered_shortcuts(ticket, query, user)]


def offer_of(shortcut: Shortcut, ticket: Ticket, user: User, offers: Offers) -> Offer:
    wanted = language_of(ticket)
    language, text = shortcut.variant(wanted)
    other = dict(settings.LANGUAGES).get(language, language) if text and language != wanted else ""
    return Offer(shortcut, fill_in(text, ticket, user), offers.said_here(shortcut.actions, ticket), other)
