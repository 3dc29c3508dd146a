"""pytest plugin: a real PostgreSQL and a real Valkey for the tests, unless the environment names others.

It must run before Django reads its settings, so it is loaded by `-p tests.services` (pyproject.toml).
With pytest-xdist the controller starts PostgreSQL, and every worker a Valkey of its own: pub/sub channels are
shared by all databases of one Valkey, so two workers would hear each other.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.servers import Servers
from helpdesk.supervisor.waiting import Stop

OWN_VALKEY = "TESTS_START_THEIR_VALKEY"  # set by the controller for its workers
SETTINGS = {
    "SECRET_KEY": "for the tests",
    "DEBUG": "0",
    "DEMO": "0",
    "STATIC_COLLECTED": "0",
    "RATE_LIMITS": "0",
    "LOG_LEVEL": "WARNING",
    "PUBLIC_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
}
running: list[tuple[Servers, Leash, Path]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if is_worker and os.environ.get(OWN_VALKEY):
        del os.environ["REDIS_URL"]
    elif is_worker:
        return
    elif not os.environ.get("REDIS_URL"):
        os.environ[OWN_VALKEY] = "1"
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    start_servers()


def pytest_unconfigure() -> None:
    while running:
        servers, leash, folder = running.pop()
        servers.stop()
        leash.close()
        shutil.rmtree(folder, ignore_errors=True)


def start_servers() -> None:
    root = Path(tempfile.mkdtemp(prefix="helpdesk-tests-"))
    folder = DataFolder(root)
    folder.make()
    os.environ.setdefault("HELPDESK_DATA", str(root))
    leash = Leash()
    servers = Servers(folder, leash, throwaway=True)
    running.append((servers, leash, root))
    servers.start(Stop())
    os.environ.update(servers.env)
