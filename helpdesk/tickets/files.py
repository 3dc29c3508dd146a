"""Files of messages: stored under random names, handed out by key."""

import re
import unicodedata
from collections.abc import Iterable

from django.core.files.base import ContentFile

from helpdesk.inboxes.contract import InboundFile
from helpdesk.tickets.models import Attachment, Message

UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)


def attach_files(message: Message, files: Iterable[InboundFile]) -> list[Attachment]:
    """Store the files of one message. Call it in the transaction that makes the message."""
    return [attach_file(message, file) for file in files]


def attach_file(message: Message, file: InboundFile) -> Attachment:
    attachment = Attachment(
        message=message,
        name=safe_file_name(file.name),
        content_type=file.content_type[:120] or "application/octet-stream",
        size=len(file.content),
        content_id=file.content_id[:300],
        is_inline=file.is_inline,
        description=" ".join(file.description.replace("\x00", "").split())[:300],
    )
    attachment.file.save("file", ContentFile(file.content), save=False)
    attachment.save()
    return attachment


def safe_file_name(name: str) -> str:
    """A name that no file system takes for a path, a device or a hidden file; at most 150 characters."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    name = UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = re.sub(r"\s+", " ", name).strip(" .")
    if RESERVED.match(name):
        name = f"_{name}"
    if len(name.encode()) > 150:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if 0 < len(ending) <= 10 else ""
        name = (stem if ending else name).encode()[: 150 - len(ending.encode())].decode(
            errors="ignore"
        ) + ending
    return name or "file"
