"""Sending news to open sockets from ordinary code: a view's thread, a job, a command."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from redis import Redis

from helpdesk.crews import afterwards

together: ContextVar[list[tuple[str, dict[str, Any]]] | None] = ContextVar("together", default=None)
PATIENCE = 2.0  # seconds; whoever was not reached catches up from the ledger


def push(group: str, news: dict[str, Any]) -> None:
    """Send `news` to every socket of `group`. Raises where Redis is away or does not answer in time."""
    push_all([(group, news)])


def push_all(told: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Each of these news to its group; inside `pushing_together` at its end."""
    waiting = together.get()
    if waiting is not None:
        waiting.extend(told)
    else:
        publish(told)


@contextmanager
def pushing_together() -> Iterator[None]:
    """What is pushed inside goes out at the end, all in one round trip, and the end raises what `push_all` does."""
    waiting: list[tuple[str, dict[str, Any]]] = []
    token = together.set(waiting)
    try:
        yield
    finally:
        together.reset(token)
    if waiting:
        publish(waiting)


def publish(told: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """First to the sockets of this process, then by Redis to those of all others; where a socket asked for what is told of,
    it has its answer in between."""
    told = list(told)
    get_channel_layer().tell_near(told)
    afterwards(lambda: tell_far(told))


def tell_far(told: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """In one round trip.

    Said to Redis as the channel layer says it, but without its event loop: a layer belongs to the loop it was first used
    in, and going there and back costs a live message more than the sending itself.
    """
    layer = get_channel_layer()
    with publisher().pipeline(transaction=False) as asked:
        for group, news in told:
            asked.publish(channel_of(group), layer.serialize(news))
        asked.execute()


def channel_of(group: str) -> str:
    """As channels_redis names a group's channel."""
    return f"{settings.CHANNEL_LAYERS['default']['CONFIG']['prefix']}__group__{group}"


@lru_cache(maxsize=1)
def publisher() -> Redis:
    """Safe in threads and over forks: its pool gives each its own connection."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
