"""One kept process: its end is noticed, its family ends with it, its pauses grow."""

import os
import signal
import sys

import psutil
import pytest

from helpdesk.supervisor.child import Child, stop_all
from helpdesk.supervisor.leash import Leash
from tests.helpdesk.supervisor.conftest import eventually, family, lives

WAITS = "import signal; print('started', flush=True); signal.pause()"
HAS_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WAITS!r}])"
IGNORES_US = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"


@pytest.fixture
def leash():
    leash = Leash()
    yield leash
    leash.close()


@pytest.fixture
def start(leash, folder):
    children = []

    def start(program):
        child = Child("program", [sys.executable, "-c", program], folder.log("program"), leash)
        child.start()
        children.append(child)
        eventually(lambda: "started" in child.log.read_text())
        return child

    yield start
    stop_all(children, patience=0)


def test_a_killed_child_is_started_again_and_a_line_says_so(start):
    child, lines = start(WAITS), []
    first = child.pid
    os.kill(first, signal.SIGKILL)

    def is_back():
        child.restart_if_ended(lines.append)
        return child.restarts == 1

    eventually(is_back)
    assert child.pid != first
    assert child.exit_code() is None
    assert len(lines) == 1
    assert "program was killed by signal 9; starting it again in 0.3 s" in lines[0]


def test_what_a_dead_child_had_started_does_not_live_on(start):
    child = start(HAS_A_CHILD)
    grandchild = eventually(lambda: family(child.pid)[1:])[0]
    os.kill(child.pid, signal.SIGKILL)

    eventually(lambda: child.restart_if_ended(str) or not lives(grandchild))


def test_the_pause_grows_while_a_child_keeps_dying(start, folder):
    child, lines = start("print('started', flush=True)"), []

    def has_died_three_times():
        child.restart_if_ended(lines.append)
        return len(lines) == 3

    eventually(has_died_three_times)
    assert ["0.3 s" in lines[0], "0.6 s" in lines[1], "1.2 s" in lines[2]] == [True] * 3


def test_a_child_that_ignores_the_polite_signal_is_killed(start):
    child = start(IGNORES_US)
    process = psutil.Process(child.pid)
    stop_all([child], patience=0.2)
    assert not lives(process)
