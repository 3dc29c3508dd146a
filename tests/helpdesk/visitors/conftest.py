from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache, caches
from django.test import Client

from helpdesk.inboxes.contract import InboundMessage, Sender
from helpdesk.inboxes.models import Inbox
from helpdesk.people import bans
from helpdesk.people.models import User
from helpdesk.people.presence import note_presence
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_inbox, numbers


@pytest.fixture(autouse=True)
def nobody_here(db) -> None:
    """A house without visitors, and without what a process still knows of the test before."""
    cache.clear()
    caches["process"].clear()
    bans.standing.cache_clear()


@pytest.fixture
def shop() -> Inbox:
    return make_inbox("webchat", name="Shop")


@pytest.fixture
def alice() -> User:
    return make_agent("Alice")


@pytest.fixture
def desk(alice) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def comes(shop) -> Callable[..., UUID]:
    """comes(): one more visitor is in the shop's pages."""

    def come(inbox: Inbox | None = None, visitor: UUID | None = None, **said: object) -> UUID:
        visitor = visitor or uuid4()
        page = {"url": "https://shop.example/boots", "title": "Boots", "tab": "a"}
        note_presence(visitor, inbox=(inbox or shop).pk, **(page | said))
        return visitor

    return come


@pytest.fixture
def writes(shop) -> Callable[..., Ticket]:
    """writes(visitor): they ask something in the widget."""

    def write(
        visitor: UUID, text: str = "Do they run small?", inbox: Inbox | None = None, **who: str
    ) -> Ticket:
        sender = Sender("visitor", str(visitor), **who)
        inbound = InboundMessage(
            inbox=inbox or shop, sender=sender, text=text, external_id=f"{visitor.hex}:{next(numbers)}"
        )
        return receive(inbound).ticket

    return write
