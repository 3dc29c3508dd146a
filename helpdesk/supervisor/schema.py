"""Whether the database of a data folder knows the migrations of this code, told from their names alone."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from helpdesk.supervisor.folder import PROJECT, DataFolder

PACKAGES = ("helpdesk", "routing", "knowledge", "funnel")


def is_current(folder: DataFolder) -> bool:
    note = note_of(folder)
    return note.exists() and note.read_text() == fingerprint()


def mark_current(folder: DataFolder) -> None:
    note_of(folder).write_text(fingerprint())


def note_of(folder: DataFolder) -> Path:
    return folder.root / "migrated"


def fingerprint() -> str:
    paths = [path for package in PACKAGES for path in (PROJECT / package).rglob("migrations/[0-9]*.py")]
    names = sorted(str(path.relative_to(PROJECT)) for path in paths)
    return hashlib.sha256("\n".join([version("django"), *names]).encode()).hexdigest()
