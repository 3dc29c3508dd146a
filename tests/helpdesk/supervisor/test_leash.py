"""When the owner is killed outright, the leash ends what it had started, and frees the folder only then."""

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
    return [
        process
        for process in family(owner.pid)
        if lives(process) and "leash.py" in " ".join(process.cmdline())
    ]


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
    assert not any(lives(process) for process in everybody[2:])


def test_a_killed_leash_is_replaced_and_knows_the_children(run):
    owner = start_owner(run)
    first = leashes(owner)[0]
    first.kill()
    eventually(lambda: leashes(owner) and leashes(owner) != [first])
    everybody = family(owner.pid)
    owner.kill()
    wait_until_gone(everybody)
