"""Whoever misuses a socket slows or shuts out themselves, is told why in words, and nobody else notices."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core import signing

from helpdesk import clock
from helpdesk.connectors.webchat.consumers import (
    A_SECOND,
    BURST,
    LARGEST_FRAME,
    LATER,
    NO_HELLO,
    NOT_ALLOWED,
    VisitorConsumer,
)
from helpdesk.connectors.webchat.limits import TooMany, doorman, refuse_flood, seconds_to_wait
from helpdesk.pace import Pace
from helpdesk.people.visitors import SALT, sign_visitor
from helpdesk.tickets.models import Message
from tests.factories import make_inbox
from tests.helpdesk.connectors.webchat.test_socket import in_thread, socket

pytestmark = pytest.mark.django_db(transaction=True)


class Impatient(VisitorConsumer):
    hello_within = 0.05


@pytest.fixture
def limits(settings):
    """In a minute that does not end meanwhile: the counters begin anew with each."""
    settings.RATELIMIT_ENABLE = True
    with clock.frozen_at(clock.now()):
        yield


async def say_hello(connection, browser, inbox=None, **more):
    key = (inbox or browser.inbox).key
    await connection.say(type="hello", token=browser.token, inbox=key, lang=browser.lang, **more)


async def test_a_flood_of_messages_slows_only_the_visitor_it_comes_from(browse, limits):
    flooder, other = await in_thread(browse)(), await in_thread(browse)()
    async with socket() as flood, socket() as line:
        await flood.hello(flooder)
        await line.hello(other)
        answers = []
        for number in range(25):
            await flood.say(type="message", uuid=str(uuid4()), text=f"Spam {number}")
            while (frame := json.loads((await flood.receive_output(10))["text"]))["type"] == "changes":
                pass
            answers.append(frame)
            if number == 22:
                await line.say(type="message", uuid=str(uuid4()), text="Hello")
                assert (await line.hear("ack"))["id"]
    assert [answer["type"] for answer in answers] == ["ack"] * 20 + ["refused"] * 5
    assert {answer["code"] for answer in answers[20:]} == {"too_many"}
    assert await Message.objects.filter(text__startswith="Spam").acount() == 20


async def test_a_flood_is_refused_in_the_visitor_s_language(browse, limits):
    english, italian = await in_thread(browse)(), await in_thread(browse)(lang="it")
    reasons = set()
    for browser in (english, italian):
        async with socket() as connection:
            await say_hello(connection, browser)
            await connection.hear("hello")
            for _ in range(21):
                await connection.say(type="message", uuid=str(uuid4()), text="Spam")
            reasons.add((await connection.hear("refused"))["reason"])
    assert len(reasons) == 2


def test_a_minute_later_the_flooder_may_write_again(limits):
    flooder, minute = uuid4(), clock.now().replace(second=40)
    with clock.frozen_at(minute):
        assert seconds_to_wait() == 20
        for _ in range(20):
            refuse_flood("message", visitor=flooder, address="10.0.0.1")
        with pytest.raises(TooMany):
            refuse_flood("message", visitor=flooder, address="10.0.0.1")
        refuse_flood("message", visitor=uuid4(), address="10.0.0.1")
    with clock.frozen_at(minute + timedelta(seconds=20)):
        refuse_flood("message", visitor=flooder, address="10.0.0.1")


def test_frames_that_come_too_fast_are_read_slower_and_slower_but_read(settings):
    settings.RATELIMIT_ENABLE = True
    pace = Pace(burst=BURST, a_second=A_SECOND)
    pauses = [pace.pause() for _ in range(BURST + 20)]
    assert not any(pauses[: BURST - 1])
    assert pauses[-1] > 2 and sorted(pauses) == pauses


async def test_too_many_hellos_are_told_when_to_come_again(browse, limits):
    browser, closed = await in_thread(browse)(), None
    while closed is None:
        async with socket() as connection:
            await say_hello(connection, browser)
            answer = json.loads((await connection.receive_output(10))["text"])
            if answer["type"] == "refused":
                closed = await connection.receive_output(10)
    assert answer["code"] == "too_many"
    assert closed["code"] == LATER and 1 <= int(closed["reason"]) <= 60


async def test_one_address_may_hold_only_so_many_sockets_and_those_that_go_make_room(settings, limits):
    settings.WIDGET_SOCKETS_OF_ONE_ADDRESS = 2
    office = {"client": ("10.0.0.9", 1)}
    async with socket(**office) as first:
        async with socket(**office):
            shut_out = type(first)(VisitorConsumer.as_asgi(), first.scope)
            await shut_out.send_input({"type": "websocket.connect"})
            assert (await shut_out.receive_output(10))["type"] == "websocket.close"
            await shut_out.send_input({"type": "websocket.disconnect", "code": 1006})
            await shut_out.wait(10)
        assert doorman.open["10.0.0.9"] == 1
    assert "10.0.0.9" not in doorman.open


async def test_who_never_says_hello_is_let_go(widget):
    async with socket(Impatient) as connection:
        assert await connection.closed_with() == NO_HELLO


async def test_a_huge_frame_ends_the_socket_and_stores_nothing(browse):
    browser = await in_thread(browse)()
    async with socket() as connection:
        await connection.hello(browser)
        await connection.say(type="message", uuid=str(uuid4()), text="x" * LARGEST_FRAME)
        assert await connection.closed_with() == 4400
    assert await Message.objects.acount() == 0


async def test_a_message_that_is_too_long_is_refused_in_words(browse):
    browser = await in_thread(browse)()
    async with socket() as connection:
        await connection.hello(browser)
        await connection.say(type="message", uuid=str(uuid4()), text="x" * 8_001)
        assert "8000" in (await connection.hear("refused"))["reason"].replace(",", "")


async def test_a_token_of_one_widget_opens_no_other(browse):
    browser = await in_thread(browse)()
    await in_thread(browser.write)("My secret")
    elsewhere = await in_thread(make_inbox)("webchat")
    async with socket() as connection:
        await say_hello(connection, browser, elsewhere, after=0)
        await connection.hear("refused")
        assert await connection.closed_with() == NOT_ALLOWED


@pytest.mark.parametrize("change", ["cut", "swap", "other key", "other purpose"])
async def test_a_token_that_was_touched_or_made_elsewhere_opens_nothing(browse, change):
    browser = await in_thread(browse)()
    content = [uuid4().hex, browser.inbox.pk, ""]
    browser.token = {
        "cut": browser.token[:-1],
        "swap": sign_visitor(uuid4(), inbox=browser.inbox.pk).split(":")[0]
        + ":"
        + browser.token.split(":", 1)[1],
        "other key": signing.dumps(content, key="another", salt=SALT),
        "other purpose": signing.dumps(content, salt="helpdesk.file"),
    }[change]
    async with socket() as connection:
        await say_hello(connection, browser)
        await connection.hear("refused")
        assert await connection.closed_with() == NOT_ALLOWED


async def test_a_stranger_s_token_does_not_even_listen(browse):
    """Before the hello is answered the socket is in its group already; with a refused hello it is not."""
    browser = await in_thread(browse)()
    sent = (await in_thread(browser.write)("Hello")).json()
    elsewhere = await in_thread(make_inbox)("webchat")
    async with socket() as connection:
        await say_hello(connection, browser, elsewhere)
        await connection.hear("refused")
        await connection.closed_with()
        await sync_to_async(browser.write)("My secret")
        assert await connection.receive_nothing(0.3)
    assert sent["id"]
