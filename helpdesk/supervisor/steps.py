"""Commands that are run once before the programs start, and can be broken off."""

import sys

from helpdesk.supervisor.child import Child, how_it_ended, stop_all
from helpdesk.supervisor.errors import CannotStart
from helpdesk.supervisor.folder import PROJECT, DataFolder
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.waiting import Stop, wait_for

LONGEST = 3600.0  # seconds; a migration of a large table may take long


def manage(*arguments: str) -> list[str]:
    """The command line of one of our management commands."""
    return [sys.executable, str(PROJECT / "manage.py"), *arguments]


def run_step(
    command: str, *arguments: str, folder: DataFolder, env: dict[str, str], leash: Leash, stop: Stop
) -> None:
    """Run this management command to its end; CannotStart, with its last words, when it fails."""
    step = Child(command, manage(command, *arguments), folder.log(command), leash, env=env, cwd=PROJECT)
    step.start()
    try:
        wait_for(lambda: step.exit_code() is not None, seconds=LONGEST, stop=stop)
        code = step.exit_code()
    finally:
        stop_all([step], patience=3)
    if code:
        raise CannotStart(
            f"`manage.py {command}` {how_it_ended(code)} (see {step.log}):\n{step.last_lines()}"
        )
