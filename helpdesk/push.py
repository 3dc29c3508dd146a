"""Sending news to open sockets from ordinary code: a view's thread, a job, a command."""

import asyncio
import os
import threading
from functools import lru_cache
from typing import Any

from channels.layers import get_channel_layer

PATIENCE = 2.0  # seconds; whoever was not reached catches up from the ledger


def push(group: str, news: dict[str, Any]) -> None:
    """Send `news` to every socket of `group`. Raises where the layer does not answer in time.

    One loop a process does the sending, in a thread of its own. `async_to_sync` would open and close a
    connection for each message in a worker, and refuse to run where the caller's thread has a loop.
    """
    sending = asyncio.run_coroutine_threadsafe(
        get_channel_layer().group_send(group, news), loop_of(os.getpid())
    )
    sending.result(timeout=PATIENCE)


@lru_cache(maxsize=1)
def loop_of(process: int) -> asyncio.AbstractEventLoop:
    """The sending loop of this process; after a fork the child makes its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=f"push-{process}", daemon=True).start()
    return loop
