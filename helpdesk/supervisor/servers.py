"""The embedded servers of one data folder, as many of them as the environment does not already name."""

import os
from collections.abc import Callable, Mapping

from helpdesk.supervisor.child import Child, stop_all
from helpdesk.supervisor.errors import CannotStart
from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.postgres import Postgres
from helpdesk.supervisor.valkey import Valkey
from helpdesk.supervisor.waiting import Stop, wait_for

STARTUP = 90.0  # seconds; recovery after a crash of a large database takes its time
EMBEDDED = (Postgres, Valkey)


def are_given(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the operator brings both servers."""
    return all(environ.get(kind.variable) for kind in EMBEDDED)


class Servers:
    """Started in order, watched by whoever owns them, stopped in the opposite order."""

    def __init__(self, folder: DataFolder, leash: Leash, *, throwaway: bool = False) -> None:
        wanted = [kind for kind in EMBEDDED if not os.environ.get(kind.variable)]
        self.kinds = [kind(folder, throwaway=throwaway) for kind in wanted]
        self.leash = leash
        self.children: list[Child] = []

    @property
    def env(self) -> dict[str, str]:
        """How to reach them."""
        return {kind.variable: kind.url for kind in self.kinds}

    def start(self, stop: Stop) -> None:
        for kind in self.kinds:
            kind.prepare()
            child = kind.child(self.leash)
            child.start()
            self.children.append(child)
            self._wait_until_it_answers(kind, child, stop)
            kind.finish()

    def _wait_until_it_answers(self, kind: Postgres | Valkey, child: Child, stop: Stop) -> None:
        def is_up() -> bool:
            # The first start after `kill -9` may find the shared memory of the dead server: once more.
            child.restart_if_ended(say_nothing)
            return child.restarts > 5 or kind.answers()

        if not wait_for(is_up, seconds=STARTUP, stop=stop) or not kind.answers():
            raise CannotStart(f"{kind.name} does not start:\n{child.last_lines()}")

    def watch(self, say: Callable[[str], None]) -> None:
        for child in self.children:
            child.restart_if_ended(say)

    def stop(self, *, patience: float = 30.0) -> None:
        stop_all(self.children, patience=patience)


def say_nothing(_line: str) -> None:
    """For ends that are expected."""
