from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.presence import Here
from helpdesk.proactive.models import ProactiveMessage
from helpdesk.proactive.saving import save_message
from tests.factories import make_inbox


@pytest.fixture
def widget(db) -> Inbox:
    cache.clear()
    return make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply"})


@pytest.fixture
def make_message(widget) -> Callable[..., ProactiveMessage]:
    """make_message(("visits", "at_least", "3"), text=...): a live message with these conditions."""

    def make(*conditions: tuple[str, Any, Any], match: str = "all", **fields: Any) -> ProactiveMessage:
        asked = {
            "match": match,
            "lines": [{"field": what, "op": op, "value": value} for what, op, value in conditions],
        }
        usual = {"name": "Stuck", "inbox": widget, "text": "May we help?", "conditions": asked}
        return save_message(ProactiveMessage(**usual | fields))

    return make


def visitor_here(visitor: UUID | None = None, **known: Any) -> Here:
    """Somebody on a page of the shop."""
    return Here((visitor or uuid4()).hex, at=clock.now().timestamp(), since=clock.now().timestamp(), **known)
