"""When the owner is killed outright, the leash ends what it had started, and frees the folder only then."""

import psutil

from tests.helpdesk.supervisor.conftest import eventually, family, lives, wait_until_gone

OWNER = """
import signal, sys
from pathlib import Path
from helpdesk.supervisor.child import Child
from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.leash import Leash

folder = DataFolder.chosen()
leash = Leash(keep_open=[folder.lock()])
waits = "import subprocess, signal, sys; subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']); signal.pause()"
child = Child("program", [sys.executable, "-c", waits], folder.log("program"), leash)
child.start()
print("started", flush=True)
while True:
    leash.mend()
    signal.sigtimedwait([signal.SIGUSR1], 0.05)
"""


def start_owner(run):
    owner = run("-c", OWNER)
    assert owner.stdout.readline() == "started\n"
    eventually(lambda: len(family(owner.pid)) == 4)  # owner, leash, child, grandchild
    return owner


def leashes(owner):
    return [process for process in family(owner.pid) if is_leash(process)]


def is_leash(process):
    try:
        return lives(process) and "leash.py" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def test_a_killed_owner_leaves_nobody_behind(run):
    owner = start_owner(run)
    everybody = family(owner.pid)
    owner.kill()
    wait_until_gone(everybody)


def test_the_folder_stays_locked_until_the_last_child_has_ended(run, folder):
    owner = start_owner(run)
    assert folder.lock() is None
    everybody = family(owner.pid)
    owner.kill()
    assert eventually(folder.lock)
    assert not lives(
        everybody[2]
    )  # the child, which the leash waits for; what that one had started, it kills
    wait_until_gone(everybody)


def test_a_killed_leash_is_replaced_and_knows_the_children(run):
    owner = start_owner(run)
    first = leashes(owner)[0]
    first.kill()
    # Any other one: asked only whether the first is gone, this would be true before there is a second.
    eventually(lambda: any(leash != first for leash in leashes(owner)))
    everybody = family(owner.pid)
    owner.kill()
    wait_until_gone(everybody)
