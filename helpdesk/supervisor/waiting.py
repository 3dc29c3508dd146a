"""Waiting that listens: for a condition, and meanwhile for Ctrl-C and SIGTERM."""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator

from helpdesk.supervisor.errors import StopAsked

Stop = threading.Event  # set once somebody asks us to stop


@contextlib.contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """An event that Ctrl-C and SIGTERM set, in place of breaking off whatever runs just then."""
    stop = Stop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup: the terminal may go, we stay
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    try:
        yield stop
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def wait_for(condition: Callable[[], bool], *, seconds: float, stop: Stop) -> bool:
    """True as soon as the condition holds, False after `seconds`; StopAsked when somebody asks us to stop."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        if stop.wait(0.05):
            raise StopAsked
    return True
