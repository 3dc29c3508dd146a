"""Threads for sockets: bounded, with a connection that is kept and mended."""

import asyncio
import threading

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.crews import Crew, afterwards
from helpdesk.people.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end_own_backend() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_what_a_call_gives_or_raises_comes_back():
    crew = Crew("test", 1)
    assert await crew.do(lambda number: number + 1, 41) == 42
    with pytest.raises(ZeroDivisionError):
        await crew.do(lambda: 1 / 0)


async def test_calls_one_after_the_other_share_a_connection():
    crew = Crew("test", 1)
    assert await crew.do(backend) == await crew.do(backend)


async def test_a_connection_that_died_is_replaced_and_nobody_notices():
    crew = Crew("test", 1)
    first = await crew.do(backend)
    tries = []

    def read() -> int:
        tries.append(1)
        if len(tries) == 1:
            end_own_backend()
        return backend()

    assert await crew.do(read) != first
    assert len(tries) == 2


async def test_no_more_than_its_size_at_once_and_the_others_wait():
    crew, let_go, at_work = Crew("test", 2), threading.Event(), []

    def work() -> None:
        at_work.append(threading.current_thread())
        let_go.wait(10)

    calls = [asyncio.ensure_future(crew.do(work)) for _ in range(5)]
    while len(at_work) < 2 or crew.waiting < 3:
        await asyncio.sleep(0.01)
    assert (len(at_work), crew.waiting) == (2, 3)
    let_go.set()
    await asyncio.gather(*calls)
    assert len(set(at_work)) == 2


async def test_the_caller_s_clock_goes_along():
    moment = clock.now().replace(year=2030)
    with clock.frozen_at(moment):
        assert await Crew("test", 1).do(clock.now) == moment


async def test_who_gave_up_waiting_holds_up_nobody():
    crew, let_go = Crew("test", 1), threading.Event()
    gone = asyncio.ensure_future(crew.do(let_go.wait, 10))
    await asyncio.sleep(0)
    gone.cancel()
    let_go.set()
    assert (await crew.do(Workspace.get)).pk == Workspace.ONLY


async def test_what_is_left_for_afterwards_is_done_when_the_answer_is_there_and_may_fail():
    crew, let_go, done = Crew("test", 1), threading.Event(), []

    def fail() -> None:
        let_go.wait(10)
        done.append("failed")
        raise ValueError("Nobody hears of it.")

    def work() -> str:
        afterwards(fail)
        afterwards(lambda: done.append(threading.current_thread()))
        return "answer"

    assert await crew.do(work) == "answer"
    assert not done
    let_go.set()
    assert await crew.do(threading.current_thread) is done[1]
    assert done[0] == "failed"


def test_outside_of_a_crew_nothing_is_left_for_afterwards():
    done = []
    afterwards(lambda: done.append("at once"))
    assert done == ["at once"]
