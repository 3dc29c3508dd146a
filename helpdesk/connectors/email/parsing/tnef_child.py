"""A program, not a module: a TNEF file on standard input, its content as JSON on standard output. See tnef.py."""

import base64
import json
import logging
import resource
import sys
from typing import Any

from striprtf.striprtf import rtf_to_text
from tnefparse import TNEF

CPU_SECONDS = 1
MEMORY = 300 * 1024 * 1024
DEEPEST = 4


def read(tnef: TNEF, depth: int = 0) -> dict[str, Any]:
    """Text, HTML and files, those of mails inside the mail among them."""
    files = []
    for one in tnef.attachments:
        name = as_words(one.long_filename()) or as_words(one.name)
        inner = getattr(one, "embed", None)
        if inner is None:
            files.append({"name": name, "content": in_base64(one.data)})
        elif depth < DEEPEST:
            told = read(inner, depth + 1)
            if told["text"]:
                files.append({"name": f"{name or 'message'}.txt", "content": told["text"]})
            files += told["files"]
    text = tnef.body or words_of_rtf(tnef)
    return {"text": in_base64(text), "html": in_base64(tnef.htmlbody), "files": files}


def words_of_rtf(tnef: TNEF) -> str:
    """The words of a mail that Outlook wrote as RTF and nothing else; "" where they can't be read: its files still can."""
    try:
        return rtf_to_text((tnef.rtfbody or b"").decode("latin-1"), errors="replace")
    except Exception:  # whatever a broken RTF makes these libraries raise
        return ""


def as_words(name: str | bytes | None) -> str:
    return (name.decode("utf-8", "replace") if isinstance(name, bytes) else name or "").strip("\x00 ")


def in_base64(content: Any) -> str:
    if isinstance(content, list):
        content = content[0] if content else b""
    if isinstance(content, str):
        content = content.encode("utf-8", "replace")
    return base64.b64encode(content or b"").decode("ascii")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable()
    json.dump(read(TNEF(sys.stdin.buffer.read(), do_checksum=False)), sys.stdout)
