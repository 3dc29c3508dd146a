"""Requests as the web process answers them: in one thread each, few at once."""

import asyncio
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from helpdesk.web import OneThread, Seats


def where(request):
    return HttpResponse(threading.current_thread().name + request.body.decode())


def broken(request):
    raise ValueError("on purpose")


class Endless(StreamingHttpResponse):
    is_closed = False

    async def __aiter__(self):
        while True:
            yield b"more "
            await asyncio.sleep(0)

    def close(self):
        Endless.is_closed = True
        super().close()


def endless(request):
    return Endless()


urlpatterns = [path("where/", where), path("broken/", broken), path("endless/", endless)]


def communicator(address, *, body=b""):
    scope = {
        "type": "http",
        "method": "POST" if body else "GET",
        "path": address,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    return ApplicationCommunicator(OneThread(), scope)


async def answer_of(address, *, body=b""):
    asked = communicator(address)
    await asked.send_input({"type": "http.request", "body": body})
    start = await asked.receive_output(10)
    parts = []
    while True:
        part = await asked.receive_output(10)
        parts.append(part["body"])
        if not part.get("more_body"):
            await asked.wait(10)
            return start["status"], b"".join(parts)


@pytest.fixture(autouse=True)
def own_pages():
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["localhost"]):
        yield


def test_a_page_is_made_in_a_thread_that_is_kept():
    status, said = asyncio.run(answer_of("/where/", body=b" heard"))
    assert status == 200
    assert said.startswith(b"page") and said.endswith(b" heard")


def test_what_a_page_raises_is_an_answer_like_any_other():
    assert asyncio.run(answer_of("/broken/"))[0] == 500


def test_what_flows_ends_when_nobody_listens_any_more():
    async def leave():
        asked = communicator("/endless/")
        await asked.send_input({"type": "http.request"})
        await asked.receive_output(10)
        assert (await asked.receive_output(10))["body"] == b"more "
        await asked.send_input({"type": "http.disconnect"})
        await asked.wait(10)

    Endless.is_closed = False
    asyncio.run(leave())
    assert Endless.is_closed


def test_who_comes_first_has_the_seat_and_gives_it_back():
    async def sit():
        seats, order = Seats(1, patience=60), []

        async def come(name):
            async with seats.taken() as has_seat:
                order.append((name, has_seat))
                await asyncio.sleep(0)

        await asyncio.gather(*map(come, "abc"))
        return order

    assert asyncio.run(sit()) == [("a", True), ("b", True), ("c", True)]


def test_a_slow_page_holds_up_the_others_for_a_moment_only():
    async def sit():
        seats = Seats(1, patience=0.01)
        async with seats.taken(), seats.taken() as has_seat:
            assert not has_seat
        async with seats.taken() as has_seat:
            return has_seat

    assert asyncio.run(sit())
