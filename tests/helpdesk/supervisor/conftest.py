"""Real processes for the tests of the supervisor, and a way to see that none of them is left."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from helpdesk.supervisor.folder import PROJECT, DataFolder

GIVEN = (
    "DATABASE_URL",
    "REDIS_URL",
    "HELPDESK_DATA",
    "SECRET_KEY",
    "DEBUG",
    "DEMO",
    "PUBLIC_URL",
    "SMTP_URL",
)


def eventually(condition, *, seconds=60, why_not=lambda: "this never came true"):
    """The condition's first true value; fails when none comes in time, and says why not."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, why_not()
        time.sleep(0.02)
    return value


def lives(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(processes):
    """Fails with who is left."""

    def left():
        return [process for process in processes if lives(process)]

    eventually(lambda: not left(), why_not=lambda: f"still there: {left()}")


def family(pid):
    """The process with all it started, directly or not."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def kill_all(processes):
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # an earlier kill took it along
            process.kill()


@contextlib.contextmanager
def hearing_ctrl_c():
    """What is started here heeds Ctrl+C, even where a shell has put the tests into the background: there it is
    ignored, and so it would be by whoever inherits that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def folder(tmp_path):
    # Deeper than the path of a unix socket may be, and with a space.
    root = tmp_path / "a data folder" / ("deep" * 30)
    folder = DataFolder(root)
    folder.make()
    return folder


@pytest.fixture
def bare_env(folder):
    """The environment of somebody who has set nothing but where the data are."""
    env = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return env | {"HELPDESK_DATA": str(folder.root)}


@pytest.fixture
def run(bare_env):
    """Start Python with these arguments; whatever is left of it is killed at the end."""
    started = []

    def start(*arguments, env=None):
        with hearing_ctrl_c():
            process = subprocess.Popen(
                [sys.executable, *arguments],
                env=bare_env | (env or {}),
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            kill_all(reversed(family(process.pid)))
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
