"""Servers for a command that runs without `up`: those of a running `up`, else its own for its own time."""

import contextlib
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

from helpdesk.supervisor import postgres, valkey
from helpdesk.supervisor.errors import CannotStart
from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.schema import is_current, mark_current
from helpdesk.supervisor.servers import Servers, are_given
from helpdesk.supervisor.steps import run_step
from helpdesk.supervisor.waiting import Stop, stop_on_signals, wait_for

# These read and write no data, so they start nothing.
WITHOUT_SERVERS = {
    "help",
    "version",
    "makemessages",
    "compilemessages",
    "mailtool",
    "collectstatic",
    "findstatic",
    "startapp",
}
# These look after the tables themselves.
WITHOUT_TABLES = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "test",
    "check",
}
PATIENCE = 120.0  # seconds for another command to make the cluster and the tables


@contextlib.contextmanager
def servers_for(arguments: list[str]) -> Iterator[None]:
    """Put DATABASE_URL and REDIS_URL into the environment for this command line, and stop what was started."""
    if not needs_servers(arguments):
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(36))
        yield
    elif are_given():
        yield
    else:
        with lent_servers(DataFolder.chosen(), needs_tables=arguments[0] not in WITHOUT_TABLES):
            yield


def needs_servers(arguments: list[str]) -> bool:
    return (
        bool(arguments)
        and arguments[0] not in WITHOUT_SERVERS
        and not {"--help", "-h", "--version"} & set(arguments)
    )


@contextlib.contextmanager
def lent_servers(folder: DataFolder, *, needs_tables: bool) -> Iterator[None]:
    folder.make()
    with contextlib.ExitStack() as stack:
        with stop_on_signals() as stop:
            while not are_given():
                lock = own_or_wait_for_note(folder, stop)
                if lock is not None:
                    stack.enter_context(own_servers(folder, lock, stop, needs_tables=needs_tables))
                else:
                    stack.enter_context(shared_servers(folder, stop))
        # A SIGTERM would otherwise end us without a word to the servers.
        stack.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, leave))
        yield


def own_or_wait_for_note(folder: DataFolder, stop: Stop) -> int | None:
    """The owner's lock, or None once the owner has noted how to reach its servers."""
    found: list[int] = []

    def is_settled() -> bool:
        lock = folder.lock()
        if lock is not None:
            found.append(lock)
        return lock is not None or bool(folder.read_note())

    if not wait_for(is_settled, seconds=PATIENCE, stop=stop):
        raise CannotStart(
            f"Another command is still starting the servers of {folder.root}: try again in a moment."
        )
    return found[0] if found else None


@contextlib.contextmanager
def shared_servers(folder: DataFolder, stop: Stop) -> Iterator[None]:
    """The servers that somebody else owns, kept from being stopped while we use them.

    Takes nothing when their owner has just withdrawn its note: then somebody must own the folder anew.
    """
    with contextlib.ExitStack() as use:
        use.enter_context(folder.in_use())
        if note := folder.read_note():
            take_over(note["env"], folder, stop)
        else:
            use.close()  # its owner waits for us
        yield


def take_over(env: dict[str, str], folder: DataFolder, stop: Stop) -> None:
    """Use what the owner of the servers noted, and check that they answer."""
    for name, value in env.items():
        os.environ.setdefault(name, value)
    if not are_given():
        raise CannotStart(
            f"Another command owns {folder.root}, with a database or Redis of its own: name the same."
        )

    def do_answer() -> bool:
        return postgres.answers(os.environ["DATABASE_URL"]) and valkey.answers(os.environ["REDIS_URL"])

    if not wait_for(do_answer, seconds=30, stop=stop):
        raise CannotStart(
            f"The servers noted in {folder.note} do not answer: stop `manage.py up` and start it again."
        )


@contextlib.contextmanager
def own_servers(folder: DataFolder, lock: int, stop: Stop, *, needs_tables: bool) -> Iterator[None]:
    leash = Leash(keep_open=[lock])
    servers = Servers(folder, leash)
    try:
        servers.start(stop)
        env = servers.env | own_env(folder)
        for name, value in env.items():
            os.environ.setdefault(name, value)
        if needs_tables and not is_current(folder):
            run_step("migrate", "--no-input", folder=folder, env=dict(os.environ), leash=leash, stop=stop)
            mark_current(folder)
        folder.write_note(owner="command", env=env)
        yield
    finally:
        folder.remove_note()  # first, so that nobody new comes to rely on these servers
        wait_for_others(folder)
        servers.stop()
        leash.close()
        os.close(lock)


def own_env(folder: DataFolder) -> dict[str, str]:
    """What the settings need besides the servers, for a workspace on this machine."""
    env = {"DEBUG": "1", "HELPDESK_DATA": str(folder.root)}
    if "SECRET_KEY_FILE" not in os.environ:
        env["SECRET_KEY"] = folder.secret("secret-key")
    return env


def wait_for_others(folder: DataFolder) -> None:
    if folder.is_used_by_others():
        print("waiting for another command that uses this database (Ctrl-C: stop at once)", file=sys.stderr)
        with contextlib.suppress(KeyboardInterrupt):
            while folder.is_used_by_others():
                time.sleep(0.1)


def leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(143)
