"""The data folder: secrets, locks, logs, and the note that tells other commands which servers run here."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
LOG_LIMIT = 20 * 2**20  # bytes; a longer log is set aside once at the next start


@dataclass(frozen=True)
class DataFolder:
    """Everything one installation keeps, under one folder; two installations have two folders."""

    root: Path

    @classmethod
    def chosen(cls, argument: str | None = None) -> "DataFolder":
        """The folder named by `--data`, else by HELPDESK_DATA, else `var/` beside manage.py."""
        name = argument or os.environ.get("HELPDESK_DATA") or PROJECT / "var"
        return cls(Path(name).expanduser().resolve())

    def make(self) -> None:
        for folder in (self.root, self.root / "log"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret(self, name: str) -> str:
        """The secret of this name: made once, kept in a file that only its owner reads."""
        path = self.root / "secrets" / name
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_private(path, secrets.token_urlsafe(36))
        return path.read_text()

    def log(self, name: str) -> Path:
        path = self.root / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    # The note about the running servers. Who holds the lock owns the servers and writes the note.

    @property
    def note(self) -> Path:
        return self.root / "servers.json"

    def write_note(self, *, owner: str, env: dict[str, str]) -> None:
        write_private(self.note, json.dumps({"owner": owner, "pid": os.getpid(), "env": env}))

    def read_note(self) -> dict:
        """What write_note wrote; {} when nothing runs or its writer is gone."""
        try:
            note = json.loads(self.note.read_text())
            os.kill(note["pid"], 0)
        except (FileNotFoundError, json.JSONDecodeError, ProcessLookupError):
            return {}
        except PermissionError:  # lives, under another user
            pass
        return note

    def remove_note(self) -> None:
        self.note.unlink(missing_ok=True)

    def lock(self) -> int | None:
        """The descriptor of the owner's lock, or None when somebody else owns this folder now."""
        return try_lock(self.root / "owner.lock", fcntl.LOCK_EX)

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """While this is held, an owner other than `up` does not stop its servers."""
        descriptor = os.open(self.root / "in-use.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def is_used_by_others(self) -> bool:
        descriptor = try_lock(self.root / "in-use.lock", fcntl.LOCK_EX)
        if descriptor is None:
            return True
        os.close(descriptor)
        return False


def try_lock(path: Path, kind: int) -> int | None:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def write_private(path: Path, content: str) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    draft.replace(path)
