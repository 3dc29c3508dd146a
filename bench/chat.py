"""From a customer's frame to the agent's socket, and from the agent's answer to the customer's, with many widgets open."""

import asyncio
import contextlib
import json
import re
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator

import httpx
import websockets

from bench.measure import Figure, cpu_seconds, percentile, report
from bench.stand import ROOT, Stand, free_port, stand, use_django

ROUNDS = 100
SOCKETS = (100, 1000)
AGENT, PASSWORD = "agent@bench.test", "measure-me-2024"


def run(scale: int) -> None:
    with stand() as running:
        use_django(running)
        key = make_workspace()
        figures = []
        for sockets in [count for count in SOCKETS if count <= scale] or [scale]:
            figures += asyncio.run(measure_with(running, key, sockets))
    notes = [
        "There: the visitor's frame until the agent's socket has the bubble. Back: the agent's POST until the visitor's socket has it."
    ]
    report("chat", figures, scale=scale, notes=notes)


def make_workspace() -> str:
    from helpdesk.inboxes.models import Inbox  # noqa: PLC0415
    from helpdesk.people.models import User  # noqa: PLC0415

    User.objects.create_user(AGENT, PASSWORD, name="Agent")
    return Inbox.objects.create(name="Chat", kind="webchat").key


async def measure_with(running: Stand, key: str, sockets: int) -> list[Figure]:
    url = running.url.replace("http", "ws")
    async with contextlib.AsyncExitStack() as stack:
        echo = await echo_times(stack, sockets)
        for _ in range(sockets - 1):
            await stack.enter_async_context(visitor_socket(url, key))
        visitor = await stack.enter_async_context(visitor_socket(url, key))
        browser = await stack.enter_async_context(httpx.AsyncClient(base_url=running.url, timeout=30))
        token = await sign_in(browser)
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"Cookie": cookies, "Origin": running.url}
        agent = await stack.enter_async_context(
            websockets.connect(f"{url}/ws/desk/", additional_headers=headers, max_queue=None)
        )
        ticket = await first_ticket(visitor, agent)
        await agent.send(json.dumps({"ticket": ticket, "after": 0}))

        def cpu() -> list[float]:
            return [cpu_seconds(running.pids(program)) for program in ("web", "postgres")]

        before = cpu()
        there = [await there_once(visitor, agent) for _ in range(ROUNDS)]
        between = cpu()
        back = [await back_once(browser, token, ticket, visitor) for _ in range(ROUNDS)]
        after = cpu()
    floor = {"socket echo": statistics.median(echo)}
    return [
        figure(f"there, {sockets} sockets", there, floor, before, between),
        figure(f"back, {sockets} sockets", back, floor, between, after),
    ]


def figure(name: str, times: list[float], floor: dict, before: list[float], after: list[float]) -> Figure:
    cpu = [(end - begin) / len(times) * 1000 for begin, end in zip(before, after, strict=True)]
    name = f"{name} (p99 {percentile(times, 99):.0f})"
    return Figure(
        name, len(times), statistics.median(times), percentile(times, 95), cpu[0], cpu[1], None, floor
    )


async def echo_times(stack: contextlib.AsyncExitStack, sockets: int) -> list[float]:
    """The same number of sockets at a server that only echoes."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.echo:app", "--port", str(port), "--log-level", "error"]
    command += ["--ws-per-message-deflate", "false", "--lifespan", "off"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        async with contextlib.AsyncExitStack() as own:
            for _ in range(50):
                with contextlib.suppress(OSError):
                    line = await own.enter_async_context(websockets.connect(f"ws://127.0.0.1:{port}/"))
                    break
                await asyncio.sleep(0.1)
            for _ in range(sockets - 1):
                await own.enter_async_context(websockets.connect(f"ws://127.0.0.1:{port}/"))
            times = []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                await line.send("hello")
                await line.recv()
                times.append((time.perf_counter() - begun) * 1000)
            return times
    finally:
        server.terminate()
        server.wait(10)


@contextlib.asynccontextmanager
async def visitor_socket(url: str, key: str) -> AsyncIterator[websockets.ClientConnection]:
    from helpdesk.people.visitors import sign_visitor  # noqa: PLC0415

    async with websockets.connect(f"{url}/ws/widget/", max_queue=None) as socket:
        hello = {"type": "hello", "token": sign_visitor(uuid.uuid4()), "inbox": key, "lang": "en", "after": 0}
        await socket.send(json.dumps(hello))
        await until(socket, lambda frame: frame.get("type") == "hello")
        yield socket


async def sign_in(browser: httpx.AsyncClient) -> str:
    page = await browser.get("/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"username": AGENT, "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = await browser.post("/login/", data=form)
    if answer.status_code != 302:
        raise SystemExit(f"Signing in failed: {answer.status_code}")
    page = await browser.get("/desk/", follow_redirects=True)
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]


async def first_ticket(visitor: websockets.ClientConnection, agent: websockets.ClientConnection) -> int:
    await visitor.send(json.dumps(line()))
    news = await until(agent, lambda frame: frame.get("events"))
    return news["events"][0]["ticket"]


def line() -> dict:
    return {"type": "message", "uuid": str(uuid.uuid4()), "text": f"Where is my parcel? {uuid.uuid4()}"}


async def there_once(visitor: websockets.ClientConnection, agent: websockets.ClientConnection) -> float:
    frame = line()
    mark = frame["text"].split()[-1]
    begun = time.perf_counter()
    await visitor.send(json.dumps(frame))
    await until(agent, lambda news: any(mark in event["html"] for event in news.get("events", [])))
    return (time.perf_counter() - begun) * 1000


async def back_once(
    browser: httpx.AsyncClient, token: str, ticket: int, visitor: websockets.ClientConnection
) -> float:
    mark = str(uuid.uuid4())
    form = {
        "kind": "reply",
        "text": f"It left today. {mark}",
        "client_uuid": str(uuid.uuid4()),
        "csrfmiddlewaretoken": token,
    }
    begun = time.perf_counter()
    sending = asyncio.ensure_future(
        browser.post(f"/desk/tickets/{ticket}/messages/", data=form, headers={"HX-Request": "true"})
    )
    await until(visitor, lambda news: mark in json.dumps(news))
    took = (time.perf_counter() - begun) * 1000
    (await sending).raise_for_status()
    return took


async def until(socket: websockets.ClientConnection, fits: object) -> dict:
    """The next frame that fits; gives up after half a minute."""
    async with asyncio.timeout(30):
        while True:
            frame = json.loads(await socket.recv())
            if fits(frame):
                return frame
