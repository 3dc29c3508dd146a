"""The visitor's socket: in with a token, nothing lost over a cut, nothing that belongs to others."""

import asyncio
import json
from contextlib import asynccontextmanager
from contextvars import copy_context
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.core.cache import cache

from helpdesk import clock
from helpdesk.connectors.webchat.consumers import BANNED, LARGEST_FRAME, VisitorConsumer
from helpdesk.people.bans import ban_visitor, lift_ban
from helpdesk.people.presence import count_here, presence_of
from helpdesk.people.visitors import read_visitor
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import add_note
from tests.factories import by, make_agent
from tests.helpdesk.connectors.webchat.answering import answer, surveyed

# With real commits: news is told only after one, and the socket reads in threads of its own.
pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10


class Socket(ApplicationCommunicator):
    """A websocket spoken by hand: channels' own helper would bring a second web server with it."""

    async def open(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output(PATIENCE))["type"] == "websocket.accept"

    async def say(self, **frame) -> None:
        await self.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    async def hear(self, kind: str) -> dict:
        """The next frame of this kind; others on the way are let pass."""
        while True:
            out = await self.receive_output(PATIENCE)
            assert out["type"] == "websocket.send", out
            frame = json.loads(out["text"])
            if frame["type"] == kind:
                return frame

    async def closed_with(self) -> int:
        while (out := await self.receive_output(PATIENCE))["type"] != "websocket.close":
            pass
        return out["code"]

    async def hello(self, browser, after: int = 0) -> dict:
        await self.say(type="hello", token=browser.token, inbox=browser.inbox.key, lang="en", after=after)
        return await self.hear("hello")


@asynccontextmanager
async def socket(consumer=VisitorConsumer, client=("127.0.0.1", 1)):
    scope = {"type": "websocket", "path": "/ws/widget/", "client": client, "headers": []}
    connection = Socket(with_this_clock(consumer.as_asgi()), scope)
    await connection.open()
    try:
        yield connection
    finally:
        await connection.send_input({"type": "websocket.disconnect", "code": 1000})
        await connection.wait(PATIENCE)


def with_this_clock(application):
    """The application, where a clock that the test has frozen stands still too: asgiref runs it without the test's
    context variables."""
    context = copy_context()

    async def run(scope, receive, send):
        await asyncio.create_task(application(scope, receive, send), context=context)

    return run


in_thread = sync_to_async(thread_sensitive=True)


async def test_a_message_is_confirmed_once_it_is_stored(browse):
    browser, uuid = await in_thread(browse)(), str(uuid4())
    async with socket() as connection:
        await connection.hello(browser)
        await connection.say(type="message", uuid=uuid, text="Hello")
        confirmed = await connection.hear("ack")
    message = await Message.objects.aget()
    assert (confirmed["uuid"], confirmed["id"]) == (uuid, message.pk)
    assert str(message.client_uuid) == uuid


async def test_the_same_message_by_socket_and_by_post_is_one(browse):
    browser, uuid = await in_thread(browse)(), str(uuid4())
    async with socket() as connection:
        await connection.hello(browser)
        await connection.say(type="message", uuid=uuid, text="Hello")
        confirmed = await connection.hear("ack")
    posted = await in_thread(browser.write)("Hello", uuid=uuid)
    assert posted.json()["id"] == confirmed["id"]


async def test_an_answer_is_pushed_drawn_as_on_the_page(browse):
    browser = await in_thread(browse)()
    sent = await in_thread(browser.write)("Hello")
    ticket = await Ticket.objects.aget(pk=sent.json()["ticket"])
    async with socket() as connection:
        await connection.hello(browser)
        await in_thread(answer)(ticket, "Here you are.")
        news = await connection.hear("changes")
    assert news["messages"][0]["html"] in await in_thread(page_of)(browser)


def page_of(browser) -> list[str]:
    return [message["html"] for message in browser.post("start").json()["messages"]]


async def test_notes_are_never_pushed(browse):
    browser = await in_thread(browse)()
    sent = await in_thread(browser.write)("Hello")
    ticket = await Ticket.objects.aget(pk=sent.json()["ticket"])
    async with socket() as connection:
        await connection.hello(browser)
        await in_thread(add_note)(ticket, "A difficult customer", by=by(await in_thread(make_agent)("Bob")))
        await in_thread(answer)(ticket, "Here you are.")
        assert "Here you are." in (await connection.hear("changes"))["messages"][0]["html"]


async def test_what_came_while_the_socket_was_cut_comes_with_the_next_hello(browse):
    browser = await in_thread(browse)()
    sent = await in_thread(browser.write)("Hello")
    ticket = await Ticket.objects.aget(pk=sent.json()["ticket"])
    async with socket() as connection:
        seen = (await connection.hello(browser))["event"]
    for number in range(3):
        await in_thread(answer)(ticket, f"Answer {number}.")
    async with socket() as connection:
        missed = await connection.hello(browser, after=seen)
    told = "".join(message["html"] for message in missed["messages"])
    assert [told.count(f"Answer {number}.") for number in range(3)] == [1, 1, 1]


async def test_after_a_minute_without_a_line_nothing_is_lost_and_nothing_double(browse):
    """What each side wrote while the line was cut, what was on its way just then, and what is sent again."""
    browser, on_its_way = await in_thread(browse)(), str(uuid4())
    async with socket() as connection:
        await connection.hello(browser)
        for text in ("One", "Two"):  # the long way and the short one
            await connection.say(type="message", uuid=str(uuid4()), text=text)
            await connection.hear("ack")
        seen = (await connection.hear("changes"))["event"]
        await connection.say(type="message", uuid=on_its_way, text="Three")
    ticket = await Ticket.objects.aget()
    with clock.frozen_at(clock.now() + timedelta(seconds=60)):
        await in_thread(answer)(ticket, "Four.")
        async with socket() as connection:
            missed = await connection.hello(browser, after=seen)
            await connection.say(type="message", uuid=on_its_way, text="Three")
            await connection.hear("ack")
    told = "".join(message["html"] for message in missed["messages"])
    assert told.count("Four.") == 1
    texts = [message async for message in Message.objects.in_order().values_list("text", flat=True)]
    assert texts == ["One", "Two", "Three", "Four."]


async def test_a_ping_that_names_the_last_event_brings_what_a_lost_push_left_out(browse):
    browser = await in_thread(browse)()
    await in_thread(browser.write)("Hello")
    async with socket() as connection:
        await connection.hello(browser)
        await connection.say(type="ping", after=0)
        assert "Hello" in (await connection.hear("changes"))["messages"][0]["html"]
        await connection.hear("pong")


async def test_a_hello_is_a_sign_of_life_written_a_moment_later_with_all_others(browse):
    browser, other = await in_thread(browse)(), await in_thread(browse)()
    cache.clear()
    async with socket() as connection, socket() as another:
        page = {"url": "https://shop.example/boots", "title": "Boots"}
        for line, visitor in ((connection, browser), (another, other)):
            token = {"token": visitor.token, "inbox": visitor.inbox.key, "lang": "en"}
            await line.say(type="hello", **token, **page)
            await line.hear("hello")
        while (found := await in_thread(count_here)(browser.inbox.pk)) != 2:
            await asyncio.sleep(0.02)
    here = await in_thread(presence_of)(read_visitor(browser.token))
    assert (found, here["url"], here["title"]) == (2, "https://shop.example/boots", "Boots")


async def test_the_sockets_of_who_is_banned_are_closed_at_once_and_not_let_in_again(browse):
    browser, alice = await in_thread(browse)(), await in_thread(make_agent)("Alice")
    visitor = read_visitor(browser.token)
    async with socket() as connection, socket() as again:
        await connection.hello(browser)
        ban = await in_thread(ban_visitor)(visitor, name="Carla", by=alice)
        assert await connection.closed_with() == BANNED
        await again.say(type="hello", token=browser.token, inbox=browser.inbox.key, lang="it")
        assert (await again.hear("refused"))["code"] == "blocked"
        assert await again.closed_with() == BANNED
        assert await in_thread(count_here)(browser.inbox.pk) == 0
    await in_thread(lift_ban)(ban, by=alice)
    async with socket() as connection:
        assert (await connection.hello(browser))["messages"] == []


@pytest.mark.parametrize("token", ["", "forged", None, 7])
async def test_a_socket_with_a_forged_token_is_refused_and_closed(browse, widget, token):
    async with socket() as connection:
        await connection.say(type="hello", token=token, inbox=widget.key, lang="en")
        await connection.hear("refused")
        assert await connection.closed_with() == 4401


async def test_nothing_is_heard_before_the_hello(browse, widget):
    async with socket() as connection:
        await connection.say(type="message", uuid=str(uuid4()), text="Hello")
        await connection.hear("refused")
        assert await connection.closed_with() == 4401
    assert await Message.objects.acount() == 0


async def test_a_stranger_s_socket_hears_nothing_of_the_conversation(browse):
    browser, stranger = await in_thread(browse)(), await in_thread(browse)()
    sent = await in_thread(browser.write)("My secret")
    ticket = await Ticket.objects.aget(pk=sent.json()["ticket"])
    async with socket() as own, socket() as other:
        await own.hello(browser)
        assert (await other.hello(stranger))["messages"] == []
        await in_thread(answer)(ticket, "Here you are.")
        await own.hear("changes")
        assert await other.receive_nothing(0.3)


@pytest.mark.parametrize("text", ["nonsense", "[]", "{" * 10, '"' + "x" * LARGEST_FRAME + '"'])
async def test_a_frame_that_is_no_object_or_too_large_ends_the_socket(widget, text):
    async with socket() as connection:
        await connection.send_input({"type": "websocket.receive", "text": text})
        assert await connection.closed_with() == 4400


async def test_a_refused_message_is_answered_under_its_uuid_and_the_socket_stays(browse):
    browser, uuid = await in_thread(browse)(), str(uuid4())
    async with socket() as connection:
        await connection.hello(browser)
        await connection.say(type="message", uuid=uuid, text=" ")
        assert (await connection.hear("refused"))["uuid"] == uuid
        await connection.say(type="message", uuid=uuid, text="Hello")
        assert (await connection.hear("ack"))["uuid"] == uuid


async def test_the_customer_s_typing_reaches_the_agents_and_theirs_the_customer(browse):
    browser = await in_thread(browse)()
    sent = await in_thread(browser.write)("Hello", name="Carla")
    ticket_id = sent.json()["ticket"]
    layer = get_channel_layer()
    desk = await layer.new_channel()
    await layer.group_add(f"ticket.{ticket_id}", desk)
    async with socket() as connection:
        await connection.hello(browser)
        await connection.say(type="typing")
        said = await layer.receive(desk)
        assert (said["who"], said["ticket"], said["name"]) == ("customer", ticket_id, "Carla")
        visitor = read_visitor(browser.token).hex
        typing = {"type": "typing", "ticket": ticket_id, "who": "agent", "name": "Alice"}
        await layer.group_send(f"visitor.{visitor}", typing)
        assert (await connection.hear("typing"))["name"] == "Alice"
    assert await Message.objects.acount() == 1


async def test_a_rating_in_one_tab_shows_in_the_other(browse):
    browser = await in_thread(browse)()
    survey = await in_thread(surveyed)(browser)
    async with socket() as connection:
        await connection.hello(browser)
        await in_thread(browser.post)("rating", message=survey.message_id, score=5)
        assert "checked" in (await connection.hear("changes"))["messages"][0]["html"]
