"""winmail.dat: the envelope in which Outlook hides a mail's files from everybody else.

tnefparse reads it, in a program of its own (tnef_child.py) with little time and memory: the library believes every count
that the file states, and a file of a hundred bytes can state four thousand million.
"""

import base64
import binascii
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from helpdesk.connectors.email.parsing.charsets import decode_bytes, safe_text

TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
SIGNATURE = b"\x78\x9f\x3e\x22"
LONGEST = 30 * 1024 * 1024
MOST_FILES = 200
SECONDS = 3
CHILD = Path(__file__).with_name("tnef_child.py")


@dataclass(frozen=True)
class Tnef:
    """What was inside: the mail's text and HTML ('' where it holds none) and (name, content) of each file."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]


def read_tnef(data: bytes) -> Tnef | None:
    """The content of a winmail.dat; None when it can't be read, is too large, or takes more than SECONDS. Never raises."""
    if not data.startswith(SIGNATURE) or len(data) > LONGEST:
        return None
    command = [sys.executable, "-I", str(CHILD)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)
        told = json.loads(done.stdout)
        files = [(str(one["name"]), base64.b64decode(one["content"])) for one in told["files"][:MOST_FILES]]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError, binascii.Error):
        return None
    return Tnef(_as_text(told["text"]), _as_text(told["html"]), tuple(files))


def _as_text(encoded: str) -> str:
    return safe_text(decode_bytes(base64.b64decode(encoded), None)).replace("\r\n", "\n").rstrip("\x00")
