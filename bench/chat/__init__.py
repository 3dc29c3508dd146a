"""Chat: many open widgets, live chats beside a bare echo, and a web process that is killed under all of them."""

import asyncio
import os
import uuid

import uvloop
from asgiref.sync import sync_to_async

from bench.measure import Figure, report
from bench.stand import Stand, stand, use_django

AGENTS = 10
SECONDS = 40
PARTS = "crowd storm calm talk"


def run(scale: int) -> None:
    """`scale` widgets are open; a fifth of them chat. BENCH_PARTS in the environment names some of the parts."""
    parts = os.environ.get("BENCH_PARTS", PARTS).split()
    with stand(WEB_CONCURRENCY="1") as running:
        use_django(running)
        inbox, agents = make_workspace()
        figures = uvloop.run(measure(running, inbox, agents, scale, parts))
    for figure in figures:
        print(
            f"{figure.name}: "
            + ", ".join(f"{name} {in_words(value)}" for name, value in figure.facts.items())
        )
    notes = [
        "There: the visitor's frame until the agent's socket has the bubble. Back: the agent's frame until the visitor has it."
    ]
    report("chat", figures, scale=scale, notes=notes)


def in_words(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def make_workspace() -> tuple[str, list[str]]:
    """-> the key of the chat inbox, the agents' addresses."""
    from bench.chat.agents import PASSWORD  # noqa: PLC0415
    from helpdesk.inboxes.models import Inbox  # noqa: PLC0415
    from helpdesk.people.models import User  # noqa: PLC0415

    emails = [f"agent{number}@bench.test" for number in range(AGENTS)]
    for email in emails:
        User.objects.create_user(email, PASSWORD, name="Agent")
    return Inbox.objects.create(name="Chat", kind="webchat").key, emails


def tokens_for(inbox: str, count: int) -> list[str]:
    from helpdesk.inboxes.models import Inbox  # noqa: PLC0415
    from helpdesk.people.visitors import sign_visitor  # noqa: PLC0415

    pk = Inbox.objects.get(key=inbox).pk
    return [sign_visitor(uuid.uuid4(), inbox=pk) for _ in range(count)]


async def measure(
    running: Stand, inbox: str, agents: list[str], scale: int, parts: list[str]
) -> list[Figure]:
    from bench.chat.crowd import crowd  # noqa: PLC0415  Django is set up by now
    from bench.chat.storm import storm  # noqa: PLC0415
    from bench.chat.talk import talk  # noqa: PLC0415

    figures: list[Figure] = []
    tokens = sync_to_async(tokens_for)
    if "crowd" in parts or "storm" in parts:
        everybody = await tokens(inbox, scale)
        if "crowd" in parts:
            figures += await crowd(running, inbox, everybody)
        if "storm" in parts:
            figures.append(await storm(running, inbox, everybody))
        await asyncio.sleep(5)
    chats = max(scale // 5, AGENTS)
    if "calm" in parts:
        figures += await talk(
            running, inbox, await tokens(inbox, chats), agents, seconds=SECONDS / 2, calm=True
        )
    if "talk" in parts:
        figures += await talk(running, inbox, await tokens(inbox, chats), agents, seconds=SECONDS)
    return figures
