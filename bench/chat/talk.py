"""Live chats: a customer's line until it is on the agent's screen, the answer until the customer has it, and beside them,
at the same moment and the same pace, the Channels echo."""

import asyncio
import contextlib
import random
import statistics
import time
import uuid

from bench.chat.agents import Agent
from bench.chat.lines import Line, open_line
from bench.chat.servers import CHANNELS, ECHO_SETTINGS, ORIGIN, echo_server
from bench.chat.widgets import Widget, alive, open_widgets
from bench.measure import Figure, cpu_seconds, percentile
from bench.stand import Stand

PAUSE = (20.0, 30.0)  # seconds between two lines of one chat
PROBE_PAUSE = (2.0, 3.0)  # of those that are timed
ANSWER_PAUSE = (4.0, 6.0)
WARM = 6.0  # seconds that do not count
OPENINGS_A_SECOND = 40
PROGRAMS = ("web", "worker", "beat", "valkey", "postgres")


class Talk:
    """The chats of one measurement, and what was timed: milliseconds by name."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {name: [] for name in ("there", "confirmed", "back", "echo")}
        self.lines = self.answers = self.echoes = 0


async def talk(
    running: Stand, inbox: str, tokens: list[str], agents: list[str], *, seconds: float, calm: bool = False
) -> list[Figure]:
    """`calm`: nobody but those that are timed says anything."""
    talk = Talk()
    async with contextlib.AsyncExitStack() as stack:
        url, server = await stack.enter_async_context(echo_server(CHANNELS, running.env | ECHO_SETTINGS))
        widgets = await open_widgets(running.url, inbox, tokens)
        team = [Agent(running.url, email) for email in agents]
        for agent in team:
            await agent.begin()
        for widget in widgets:
            widget.write("Hello, is anybody there?")
            await asyncio.sleep(1 / OPENINGS_A_SECOND)
        probes = await pair(widgets[: len(team)], team)
        echoes = [await Echo.begin(url) for _ in widgets]
        await stack.enter_async_context(alive(widgets))
        await asyncio.sleep(5)
        talkers = [asyncio.create_task(probe_line(talk, *pair)) for pair in probes]
        talkers += [asyncio.create_task(probe_answer(talk, *pair)) for pair in probes]
        talkers += [asyncio.create_task(probe_echo(talk, echo)) for echo in echoes[: len(team)]]
        if not calm:
            talkers += [asyncio.create_task(chat_on(talk, widget)) for widget in widgets[len(team) :]]
            talkers += [asyncio.create_task(echo_on(talk, echo)) for echo in echoes[len(team) :]]

        def cpu() -> dict[str, float]:
            pids = running.programs() | {"echo": [server]}
            return {name: cpu_seconds(pids.get(name, [])) for name in (*PROGRAMS, "echo")} | {
                "load generator": time.process_time()
            }

        await run_for(WARM, talkers)
        talk.times = {name: [] for name in talk.times}
        talk.lines = talk.answers = talk.echoes = 0
        before = cpu()
        await run_for(seconds, talkers)
        after = cpu()
        lines, answers, said = talk.lines, talk.answers, talk.echoes
        for talker in talkers:
            talker.cancel()
        await asyncio.sleep(1)
        for widget in widgets:
            widget.end()
    shares = {name: round((after[name] - before[name]) / seconds, 3) for name in after}
    facts = {"lines": lines, "answers": answers, "echoes": said, "cores": shares}
    floor = {name: percentile(talk.times["echo"], name) for name in (50, 99)}
    name = f"{len(tokens):,} chats" + (", all but those timed silent" if calm else "")
    return [figure(f"{what}, {name}", talk.times[what], floor, facts) for what in talk.times]


async def run_for(seconds: float, talkers: list[asyncio.Task]) -> None:
    """Let them talk. Raises what ended one of them early."""
    ended, _ = await asyncio.wait(talkers, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for talker in ended:
        talker.result()


def figure(name: str, times: list[float], floor: dict[int, float], facts: dict) -> Figure:
    p50, p99 = statistics.median(times), percentile(times, 99)
    more = {"p99": p99, "p50 x echo": p50 / floor[50], "p99 x echo's": p99 / floor[99]}
    return Figure(
        name, len(times), p50, percentile(times, 95), floors={"echo": floor[50]}, facts=facts | more
    )


async def pair(widgets: list[Widget], team: list[Agent]) -> list[tuple[Widget, Agent]]:
    """Each agent opens the ticket of one widget."""
    from helpdesk.people.visitors import read_visitor  # noqa: PLC0415  Django is not set up before
    from helpdesk.tickets.models import Ticket  # noqa: PLC0415

    pairs = list(zip(widgets, team, strict=True))
    for widget, agent in pairs:
        visitor = str(read_visitor(widget.token))
        ticket = await Ticket.objects.aget(contact__identities__value=visitor)
        await agent.open(ticket.pk)
    return pairs


async def rest(pause: tuple[float, float]) -> None:
    await asyncio.sleep(random.uniform(*pause))


async def chat_on(talk: Talk, widget: Widget) -> None:
    await asyncio.sleep(random.uniform(0, PAUSE[1]))
    while True:
        talk.lines += 1
        await widget.write(f"And another thing: {uuid.uuid4()}")
        await rest(PAUSE)


async def probe_line(talk: Talk, widget: Widget, agent: Agent) -> None:
    while True:
        await rest(PROBE_PAUSE)
        mark = str(uuid.uuid4())
        heard = agent.heard[mark] = asyncio.get_running_loop().create_future()
        begun = time.perf_counter()
        heard.add_done_callback(lambda _, begun=begun: note(talk, "there", begun))
        confirmed = widget.write(f"Where is my parcel? {mark}")
        confirmed.add_done_callback(lambda _, begun=begun: note(talk, "confirmed", begun))
        talk.lines += 1
        await asyncio.wait_for(asyncio.gather(heard, confirmed), 60)


async def probe_answer(talk: Talk, widget: Widget, agent: Agent) -> None:
    while True:
        await rest(ANSWER_PAUSE)
        mark = str(uuid.uuid4())
        shown = widget.marks[mark] = asyncio.get_running_loop().create_future()
        begun = time.perf_counter()
        shown.add_done_callback(lambda _, begun=begun: note(talk, "back", begun))
        await agent.answer(f"It left today. {mark}")
        talk.answers += 1
        await asyncio.wait_for(shown, 60)


def note(talk: Talk, name: str, begun: float) -> None:
    talk.times[name].append((time.perf_counter() - begun) * 1000)


class Echo:
    """A socket of the echo server."""

    line: Line
    waiting: asyncio.Future | None = None

    @classmethod
    async def begin(cls, url: str) -> "Echo":
        echo = cls()
        echo.line = await open_line(url, echo.hear, headers=ORIGIN)
        return echo

    def hear(self, _said: dict) -> None:
        self.waiting.set_result(None)

    async def say(self) -> None:
        self.waiting = asyncio.get_running_loop().create_future()
        self.line.say(type="message", uuid=str(uuid.uuid4()), text=f"Where is my parcel? {uuid.uuid4()}")
        await self.waiting


async def echo_on(talk: Talk, echo: Echo) -> None:
    await asyncio.sleep(random.uniform(0, PAUSE[1]))
    while True:
        talk.echoes += 1
        await echo.say()
        await rest(PAUSE)


async def probe_echo(talk: Talk, echo: Echo) -> None:
    while True:
        await rest(PROBE_PAUSE)
        begun = time.perf_counter()
        await echo.say()
        note(talk, "echo", begun)
        talk.echoes += 1
