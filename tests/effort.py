"""What a piece of work costs beside other work of the same moment: seconds say as much about the machine as about the code."""

import time
from collections.abc import Callable


def effort(work: Callable[[], object]) -> float:
    """The processor time of `work` in runs of a fixed loop (about 50 ms each on a desk's machine).

    The loop runs before and after, and the slower one counts, so that a machine that is slow or shared slows both. Only this
    thread's time is counted.
    """
    before = _seconds(_loop)
    spent = _seconds(work)
    return spent / max(before, _seconds(_loop))


def _seconds(work: Callable[[], object]) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def _loop() -> int:
    found = 0
    for number in range(300_000):
        found += len(str(number)) % 3
    return found
