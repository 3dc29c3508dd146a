"""One process that is kept running: started, watched, started again with back-off, stopped with its group."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.supervisor.leash import Leash, Leashed, end_groups, send

PROGRAM, SERVER = 2, 1  # ranks: the programs end before the servers they use
FIRST_PAUSE, LONGEST_PAUSE = 0.3, 10.0  # seconds
LONG_LIFE = 30.0  # seconds after which an end counts as the first one again


@dataclass
class Child:
    """A command, its log and how it likes to be asked to end."""

    name: str
    command: list[str]
    log: Path
    leash: Leash
    env: dict[str, str] | None = None
    ends_by: int = signal.SIGTERM
    rank: int = PROGRAM
    cwd: Path | None = None
    restarts: int = 0
    _process: subprocess.Popen | None = field(default=None, repr=False)
    _started: float = 0.0
    _due: float = 0.0
    _pause: float = FIRST_PAUSE

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def leashed(self) -> Leashed:
        return Leashed(self._process.pid, self.ends_by, self.rank)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.leash.hold(self._process.pid, ends_by=self.ends_by, rank=self.rank)
        self._started = time.monotonic()

    def exit_code(self) -> int | None:
        """None while it runs, 0 when it was never started."""
        return self._process.poll() if self._process else 0

    def restart_if_ended(self, say: Callable[[str], None]) -> None:
        """Called often. Notes an end, and after a growing pause starts the command again."""
        if self._process and (code := self._process.poll()) is not None:
            self._bury()
            if time.monotonic() - self._started > LONG_LIFE:
                self._pause = FIRST_PAUSE
            self._due = time.monotonic() + self._pause
            say(f"{self.name} {how_it_ended(code)}; starting it again in {self._pause:g} s (see {self.log})")
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self._process is None and time.monotonic() >= self._due:
            self.restarts += 1
            self.start()

    def _bury(self) -> None:
        """Its leader is gone: end what the leader had started, and forget the group."""
        send(os.killpg, self._process.pid, signal.SIGKILL)
        self.leash.release(self._process.pid)
        self._process = None

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def stop_all(children: list[Child], *, patience: float) -> None:
    """Stop them together; after `patience` seconds whatever is left of them is killed."""
    running = [child for child in children if child._process]
    for child in running:
        send(os.kill, child.pid, child.ends_by)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(child.exit_code() is None for child in running):
        time.sleep(0.02)
    end_groups([child.leashed for child in running if child.exit_code() is None], patience=0)
    for child in running:
        child._process.wait()
        child._bury()


def how_it_ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
