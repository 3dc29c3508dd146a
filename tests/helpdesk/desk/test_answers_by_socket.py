"""A line into a chat goes by the socket that the desk has open, with all the checks of the composer's form."""

from importlib import import_module
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from helpdesk import clock
from helpdesk.connectors.webchat.live import group_of
from helpdesk.desk.consumers import DeskConsumer
from helpdesk.desk.models import Draft
from helpdesk.inboxes.contract import Sender
from helpdesk.people.models import User
from helpdesk.tickets.appending import append_line
from helpdesk.tickets.models import LastLook, Message, Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, inbound, make_agent, make_department, make_inbox
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice():
    return make_agent("Alice")


@pytest.fixture
def ticket(alice):
    sender = Sender("visitor", str(uuid4()), name="Mia")
    return customer_writes(make_inbox("webchat"), sender=sender).ticket


def session_of(user):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return session


async def at(user, ticket):
    """A socket with the ticket open."""
    socket = Socket(
        DeskConsumer.as_asgi(), "/ws/desk/", user=user, session=await sync_to_async(session_of)(user)
    )
    await socket.connect()
    await socket.send_json_to({"ticket": ticket.pk, "after": 0})
    await socket.receive_json_from()
    return socket


def line(ticket, **fields):
    form = {"kind": "reply", "text": "It left today.", "client_uuid": str(uuid4()), "channel": "webchat"}
    form |= {"last_seen": str(ticket.messages.latest("pk").pk), "csrfmiddlewaretoken": "x"}
    return form | fields


async def say(socket, ticket, **fields):
    """-> the fields as they were said, and what the server says of them."""
    form = await sync_to_async(line)(ticket, **fields)
    await socket.send_json_to({"ticket": ticket.pk, "answer": form})
    return form, await heard(socket)


async def heard(socket):
    while "answered" not in (told := await socket.receive_json_from()):
        pass
    return told


def stored(ticket):
    return ticket.messages.filter(kind=Message.Kind.OUTGOING)


async def test_a_line_is_stored_shown_and_told_to_the_customer_and_the_draft_of_it_is_gone(alice, ticket):
    await Draft.objects.acreate(ticket=ticket, user=alice, kind="reply", text="It left", saved_at=clock.now())
    visitor = (await ticket.contact.identities.aget(kind="visitor")).value
    layer = get_channel_layer()
    widget = await layer.new_channel()
    await layer.group_add(group_of(visitor), widget)
    socket = await at(alice, ticket)
    form, told = await say(socket, ticket)
    message = await stored(ticket).aget()
    assert (message.text, message.user_id, str(message.client_uuid)) == (
        "It left today.",
        alice.pk,
        form["client_uuid"],
    )
    assert (told["answered"], told["message"]) == (form["client_uuid"], message.pk)
    assert f'id="message-{message.pk}"' in told["html"] and "It left today." in told["html"]
    assert told["next"] not in ("", form["client_uuid"])
    assert (await layer.receive(widget))["message"] == message.pk
    look = await LastLook.objects.aget(user=alice, ticket=ticket)
    assert look.message_id == message.pk
    _, told = await say(socket, ticket, last_seen=str(message.pk))
    assert "message" in told  # and what was done after the first one is over
    assert not await Draft.objects.aexists()
    await socket.disconnect()


async def test_its_bubble_comes_once_to_the_writer_and_with_the_news_to_the_others(alice, ticket):
    ben = await sync_to_async(make_agent)("Ben")
    writing, watching = await at(alice, ticket), await at(ben, ticket)
    await say(writing, ticket)
    replied = {}
    for name, socket in (("writing", writing), ("watching", watching)):
        while name not in replied:
            for event in (await socket.receive_json_from()).get("events", ()):
                if event["name"] == "message.replied":
                    replied[name] = event["html"]
    assert replied["writing"] == "" and "It left today." in replied["watching"]
    for socket in (writing, watching):
        await socket.disconnect()


MORE = (
    {"kind": "note"},
    {"then": "close"},
    {"text": "**Today.**"},
    {"text": "Hello {{customer.name}}"},
    {"text": " "},
    {"client_uuid": "1"},
    {"last_seen": "1"},  # the customer has written since
    {"macro_reply": "7"},
    {"channel": "email"},
    {"way": "999"},
    {"files": {}},
)


async def test_whatever_is_more_than_a_line_is_left_to_the_form(alice, ticket):
    socket = await at(alice, ticket)
    for more in MORE:
        form, told = await say(socket, ticket, **more)
        assert told == {"answered": form["client_uuid"]}, more
    assert not await stored(ticket).aexists()
    await socket.disconnect()


async def test_a_line_that_is_said_twice_is_stored_once(alice, ticket):
    socket = await at(alice, ticket)
    form, _ = await say(socket, ticket)
    await socket.send_json_to({"ticket": ticket.pk, "answer": form})
    assert "message" not in await heard(socket)
    assert await stored(ticket).acount() == 1
    await socket.disconnect()


def sign_out(user, session, ticket):
    session.flush()


def change_the_password(user, session, ticket):
    user.set_password("another-one-2024")
    user.save()


def let_go(user, session, ticket):
    User.objects.filter(pk=user.pk).update(is_active=False)


def close_the_department(user, session, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(department=make_department("Legal", is_restricted=True))


@pytest.mark.parametrize("is_first", [True, False])
async def test_who_may_not_answer_any_more_sends_nothing_by_a_socket_that_is_still_open(
    alice, ticket, is_first
):
    if not is_first:
        await sync_to_async(reply)(ticket, "Which one?", by=by(alice))
    before = await stored(ticket).acount()
    for number, change in enumerate((sign_out, change_the_password, let_go, close_the_department)):
        user = await sync_to_async(make_agent)(f"Ben{number}")
        session = await sync_to_async(session_of)(user)
        socket = Socket(DeskConsumer.as_asgi(), "/ws/desk/", user=user, session=session)
        await socket.connect()
        await sync_to_async(change)(user, session, ticket)
        assert "message" not in (await say(socket, ticket))[1], change
        await socket.disconnect()
    assert await stored(ticket).acount() == before


async def test_nonsense_in_place_of_an_answer_is_refused(alice, ticket):
    socket = await at(alice, ticket)
    for frame in ({"answer": {}}, {"answer": {}, "ticket": ticket.pk}, {"answer": {"text": 1}, "ticket": -1}):
        await socket.send_json_to(frame)
        assert await heard(socket) == {"answered": ""}
    await socket.disconnect()


async def test_pages_ask_for_the_head_only_where_more_than_a_line_was_added(alice, ticket):
    ben = await sync_to_async(make_agent)("Ben")
    visitor = (await ticket.contact.identities.aget(kind="visitor")).value
    writing, watching = await at(alice, ticket), await at(ben, ticket)
    for _ in range(2):
        _, told = await say(writing, ticket)
        assert "message" in told
    further = inbound(ticket.inbox, "Thank you!", sender=Sender("visitor", visitor))
    assert await sync_to_async(append_line)(further, client_uuid=uuid4())
    lines = []
    while len(lines) < 3:
        for event in (await watching.receive_json_from()).get("events", ()):
            if event["name"] in ("message.replied", "message.received"):
                lines.append((event["name"], event["line"]))
    # With the first answer the ticket is not new any more.
    assert lines == [("message.replied", False), ("message.replied", True), ("message.received", True)]
    for socket in (writing, watching):
        await socket.disconnect()
