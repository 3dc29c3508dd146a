import json
from itertools import count

import pytest

from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.tickets.raw import store_raw
from tests.factories import forget_transports, handle_raw, make_inbox
from tests.helpdesk.connectors.telegram import fake

SECRET = "a-secret-only-we-know"
updates = count(10_000)


@pytest.fixture
def telegram(settings):
    forget_transports()
    with fake.running() as server:
        settings.TELEGRAM_API_BASE = server.base
        yield server


@pytest.fixture
def inbox(db) -> Inbox:
    return make_inbox("telegram", key="bot-7", secrets={"token": fake.TOKEN, "webhook_secret": SECRET})


def an_update(
    text: str = "Where is my parcel?", *, number: int = 1365, person: int = 1111111, **fields
) -> dict:
    """As the Bot API documents it."""
    sender = {"id": person, "is_bot": False, "first_name": "Ann", "username": "ann", "language_code": "it"}
    message = {
        "message_id": number,
        "date": 1441645532,
        "chat": {"id": person, "type": "private", "first_name": "Ann"},
        "from": sender,
        **({"text": text} if text else {}),
        **fields,
    }
    return {"update_id": next(updates), "message": message}


def read(inbox: Inbox, update: dict) -> RawMessage:
    """Store it as the door would and read it as the job would."""
    return handle_raw(store_raw(json.dumps(update).encode(), inbox=inbox, door="webhook").pk)
