"""A whole helpdesk for measuring: started by its own command in a folder of its own, stopped at the end."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.lending import lent_servers
from helpdesk.supervisor.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 300
# What another helpdesk's environment would lend to this one.
OF_OTHERS = {"DATABASE_URL", "REDIS_URL", "HELPDESK_DATA", "SECRET_KEY", "PUBLIC_URL", "SMTP_URL", "DEMO"}


@dataclass
class Stand:
    """A running helpdesk: its addresses, and its environment for a Django of our own beside it."""

    url: str
    smtp_port: int
    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def pids(self, program: str) -> list[int]:
        """The processes of `web`, `worker`, `mail_door`, `valkey` or `postgres`, children included."""
        return self.programs().get(program, [])

    def programs(self) -> dict[str, list[int]]:
        """Every program of this stand, and no other's, with its processes."""
        found = {"postgres": self.postgres_pids()}
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (path / "cwd").readlink() == self.folder / "valkey":
                    found["valkey"] = [int(path.name)]
                elif name := self.program_of(path):
                    found.setdefault(name, []).append(int(path.name))
        return found

    def program_of(self, process: Path) -> str:
        """What a process is, "" where it is none of this stand: our programs carry HELPDESK_PROCESS and their data folder."""
        pairs = dict(
            pair.split(b"=", 1) for pair in (process / "environ").read_bytes().split(b"\0") if b"=" in pair
        )
        is_ours = pairs.get(b"HELPDESK_DATA") == str(self.folder).encode()
        return pairs.get(b"HELPDESK_PROCESS", b"").decode().removeprefix("helpdesk-") if is_ours else ""

    def postgres_pids(self) -> list[int]:
        """The postmaster with its children."""
        postmaster = int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        found = [postmaster]
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
                if int(parent) == postmaster:
                    found.append(int(path.name))
        return found


@contextlib.contextmanager
def stand(**environment: str) -> Iterator[Stand]:
    """Start `manage.py up` without demo data; everything it keeps is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as name:
        folder, port, smtp_port = Path(name), free_port(), free_port()
        env = {name: value for name, value in os.environ.items() if name not in OF_OTHERS} | {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DEBUG": "0",
            "STATIC_COLLECTED": "0",
            "RATE_LIMITS": "0",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        command = [sys.executable, "manage.py", "up", "--no-demo", "--data", name]
        command += ["--port", str(port), "--smtp-port", str(smtp_port)]
        up = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        try:
            wait_until_ready(up)
            note = json.loads((folder / "servers.json").read_text())
            yield Stand(f"http://127.0.0.1:{port}", smtp_port, folder, env | note["env"])
        finally:
            up.terminate()
            up.wait(30)


@contextlib.contextmanager
def database_alone() -> Iterator[None]:
    """A PostgreSQL and a Valkey of our own with all tables, and this process's Django set up for them: no program of a
    helpdesk that would join in."""
    for name in OF_OTHERS:
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "SECRET_KEY": "for the bench",
        "DEBUG": "0",
        "DEMO": "0",
        "STATIC_COLLECTED": "0",
        "LOG_LEVEL": "ERROR",
    }
    with (
        tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as name,
        lent_servers(DataFolder(Path(name)), needs_tables=True),
    ):
        import django  # noqa: PLC0415  the environment above must be there first

        django.setup()
        yield


def wait_until_ready(up: subprocess.Popen) -> None:
    watchdog = threading.Timer(READY_WITHIN, up.kill)
    watchdog.start()
    for line in up.stdout:
        if line.startswith("ready "):
            break
    else:
        raise SystemExit("The helpdesk did not start; run `manage.py up` by hand to see why.")
    watchdog.cancel()
    threading.Thread(target=drain, args=(up.stdout,), daemon=True).start()


def drain(output: object) -> None:
    for _ in output:
        pass


def run_code(running: Stand, code: str) -> None:
    """Run Python in the stand's own shell, for a caller whose Django is somebody else's."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=running.env, check=True)


def use_django(running: Stand) -> None:
    """Let this process read and write the stand's database through the product's models."""
    os.environ.update(running.env)
    sys.path.insert(0, str(ROOT))
    import django  # noqa: PLC0415  the environment above must be there first

    django.setup()
