"""The leash: a small process that outlives its owner by a moment, and ends what the owner had started.

The owner tells it each child over a pipe. When the pipe closes without a farewell, the owner is dead,
even by `kill -9`, and the leash ends the children with their own children: first the programs, then the
servers. It works the same on Linux and macOS. It is run by its path, so it imports only the standard library.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import NamedTuple

PATIENCE = 4.0  # seconds a rank has to end by itself


class Leashed(NamedTuple):
    """One child, the leader of its own process group. Higher ranks are ended first."""

    pid: int
    signal: int
    rank: int


class Leash:
    """The owner's end of the pipe."""

    def __init__(self, keep_open: Iterable[int] = ()) -> None:
        """keep_open: descriptors (the folder's lock) that stay open until the leash itself has ended."""
        self._keep_open = tuple(keep_open)
        self._known: dict[int, Leashed] = {}
        self._start()

    def _start(self) -> None:
        # What is known goes along as an argument: told by the pipe, it would be lost with an owner who dies between.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, json.dumps(list(self._known.values()))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=self._keep_open,
            start_new_session=True,
        )

    def hold(self, pid: int, *, ends_by: int, rank: int) -> None:
        self._known[pid] = Leashed(pid, ends_by, rank)
        self._tell({"hold": self._known[pid]})

    def release(self, pid: int) -> None:
        if self._known.pop(pid, None):
            self._tell({"release": pid})

    def close(self) -> None:
        """Say farewell: nothing is ended, the leash goes."""
        self._tell({"farewell": True})
        self._process.stdin.close()
        self._process.wait()

    def mend(self) -> bool:
        """Start it again if somebody killed it; True when that was needed."""
        if self._process.poll() is None:
            return False
        self._start()
        return True

    def _tell(self, message: dict) -> None:
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # killed: the one that mend() starts knows everything


def end_groups(children: Iterable[Leashed], *, patience: float = PATIENCE) -> None:
    """Ask each child to end, wait, then kill whatever is left of its group."""
    for child in children:
        send(os.kill, child.pid, child.signal)
    deadline = time.monotonic() + patience
    left = list(children)
    while left and time.monotonic() < deadline:
        left = [child for child in left if send(os.kill, child.pid, 0)]
        time.sleep(0.05)
    for child in children:
        send(os.killpg, child.pid, signal.SIGKILL)


def send(how: callable, pid: int, number: int) -> bool:
    """True when there was somebody to receive the signal."""
    try:
        how(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return False
    return True


def main() -> None:
    held = {child.pid: child for child in (Leashed(*values) for values in json.loads(sys.argv[1]))}
    for line in sys.stdin:
        message = json.loads(line)
        if "farewell" in message:
            return
        if "release" in message:
            held.pop(message["release"], None)
        else:
            child = Leashed(*message["hold"])
            held[child.pid] = child
    for rank in sorted({child.rank for child in held.values()}, reverse=True):
        end_groups([child for child in held.values() if child.rank == rank])


if __name__ == "__main__":
    main()
