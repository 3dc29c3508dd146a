"""The web process is killed with everybody connected: how soon all are back, and whether anything was lost or doubled."""

import asyncio
import os
import random
import signal
import time
import uuid

from asgiref.sync import sync_to_async

from bench.chat.widgets import Widget, open_widgets
from bench.measure import Figure, cpu_seconds, percentile
from bench.stand import Stand

WRITERS = 50  # visitors who write while the site is away, and as many who are answered meanwhile
PATIENCE = 120


async def storm(running: Stand, inbox: str, tokens: list[str]) -> Figure:
    """Kill the web process under an open widget for each of these tokens."""
    widgets = await open_widgets(running.url, inbox, tokens)
    writers, answered = widgets[:WRITERS], widgets[WRITERS : 2 * WRITERS]
    for widget in writers + answered:
        await widget.write(f"Before the storm {uuid.uuid4()}")
    await asyncio.sleep(2)
    [web] = running.pids("web")
    for widget in widgets:
        widget.back_at = 0.0
    tries, polls = (sum(getattr(widget, name) for widget in widgets) for name in ("tries", "polls"))
    for widget in writers[::2]:  # on their way just now
        widget.write(f"As it died {uuid.uuid4()}")
    killed = time.perf_counter()
    os.kill(web, signal.SIGKILL)
    await asyncio.sleep(random.uniform(0.2, 0.4))
    for widget in writers:
        widget.write(f"While it was away {uuid.uuid4()}")
    await sync_to_async(answer_all)([widget.token for widget in answered])
    while not all(widget.back_at and not widget.unsent for widget in widgets):
        if time.perf_counter() - killed > PATIENCE:
            break
        await asyncio.sleep(0.05)
    back = sorted((widget.back_at - killed) * 1000 for widget in widgets if widget.back_at)
    all_sent = (time.perf_counter() - killed) * 1000
    await asyncio.sleep(3)
    [web] = running.pids("web")
    facts = {
        "back": len(back),
        "last one back after, s": back[-1] / 1000 if back else None,
        "all that was written confirmed after, s": all_sent / 1000,
        "tries": sum(widget.tries for widget in widgets) - tries,
        "polls answered": sum(widget.polls for widget in widgets) - polls,
        "web's CPU since, s": cpu_seconds([web]),
    } | await sync_to_async(losses)(writers, answered)
    for widget in widgets:
        widget.end()
    back = back or [float("inf")]
    name = f"killed with {len(widgets):,} open"
    return Figure(name, len(back), percentile(back, 50), percentile(back, 95), facts=facts)


def answer_all(tokens: list[str]) -> None:
    """The team answers while the site is away, as a worker would."""
    from helpdesk.events.actor import Actor  # noqa: PLC0415  Django is not set up before
    from helpdesk.people.models import User  # noqa: PLC0415
    from helpdesk.people.visitors import read_visitor  # noqa: PLC0415
    from helpdesk.tickets.models import Ticket  # noqa: PLC0415
    from helpdesk.tickets.writing import reply  # noqa: PLC0415

    by = Actor.agent(User.objects.first())
    for token in tokens:
        ticket = Ticket.objects.get(contact__identities__value=str(read_visitor(token)))
        reply(ticket, f"Answered in the storm {uuid.uuid4()}", by=by)


def losses(writers: list[Widget], answered: list[Widget]) -> dict[str, int]:
    """What the database has against what the widgets sent and show."""
    from helpdesk.people.visitors import read_visitor  # noqa: PLC0415  Django is not set up before
    from helpdesk.tickets.models import Message  # noqa: PLC0415

    lost = doubled = unseen = 0
    for widget in writers + answered:
        visitor = str(read_visitor(widget.token))
        stored = Message.objects.filter(ticket__contact__identities__value=visitor)
        kept = [str(key) for key in stored.values_list("client_uuid", flat=True) if key]
        lost += len(set(widget.written) - set(kept))
        doubled += len(kept) - len(set(kept))
        unseen += len(set(stored.values_list("pk", flat=True)) - set(widget.seen))
    return {"lost": lost, "doubled": doubled, "not shown": unseen}
