"""Telegram's JSON, taken apart once. Past here nobody sees it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.inboxes.contract import Unreadable

NAMES = {  # what a message may carry, and how its file is called where Telegram names none
    "document": "file",
    "photo": "photo.jpg",
    "voice": "voice.ogg",
    "audio": "audio.mp3",
    "video": "video.mp4",
    "video_note": "video.mp4",
    "animation": "animation.mp4",
}
TYPES = {"photo": "image/jpeg", "voice": "audio/ogg", "video_note": "video/mp4"}
PLACE = "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"


@dataclass(frozen=True)
class RemoteFile:
    """A file that still lies with Telegram."""

    file_id: str
    name: str
    content_type: str
    size: int | None


@dataclass(frozen=True)
class ChatMessage:
    """What one person wrote to the bot in their private chat."""

    chat: int
    number: int
    sent_at: datetime
    edited_at: int | None  # seconds of Telegram's clock, where this is an edit
    sender: int
    name: str
    language: str
    text: str
    files: tuple[RemoteFile, ...]
    answers: int | None  # the number of the message it replies to


@dataclass(frozen=True)
class Nothing:
    """An update that is no message for the team."""

    reason: str


def parse_update(update: Any) -> ChatMessage | Nothing:
    """Raises Unreadable where it breaks the documented format."""
    if not isinstance(update, Mapping):
        raise Unreadable("Not a Telegram update: no JSON object.")
    message = update.get("message") or update.get("edited_message")
    if not isinstance(message, Mapping):
        kinds = ", ".join(sorted(key for key in update if key != "update_id")) or "nothing"
        return Nothing(f"An update of another kind: {kinds}"[:200])
    try:
        return parse_message(message)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise Unreadable(f"A Telegram message without what every message has: {error!r}"[:300]) from error


def parse_message(message: Mapping[str, Any]) -> ChatMessage | Nothing:
    chat, sender = message["chat"], message.get("from") or {}
    if chat["type"] != "private":
        return Nothing(f"Written in a {chat['type']}: the desk answers private chats.")
    if not sender or sender.get("is_bot"):
        return Nothing("Written by a bot.")
    text = str(message.get("text") or message.get("caption") or "")
    if text.split("@")[0].split(" ")[0] == "/start":
        return Nothing("The customer opened the chat.")
    files = tuple(files_of(message))
    answered = message.get("reply_to_message") or {}
    return ChatMessage(
        chat=int(chat["id"]),
        number=int(message["message_id"]),
        sent_at=datetime.fromtimestamp(int(message["date"]), UTC),
        edited_at=int(message["edit_date"]) if "edit_date" in message else None,
        sender=int(sender["id"]),
        name=name_of(sender),
        language=str(sender.get("language_code", ""))[:10],
        text=text or ("" if files else words_for(message)),
        files=files,
        answers=int(answered["message_id"]) if "message_id" in answered else None,
    )


def name_of(sender: Mapping[str, Any]) -> str:
    name = f"{sender.get('first_name', '')} {sender.get('last_name', '')}".strip()
    return (name or str(sender.get("username", "")))[:120]


def files_of(message: Mapping[str, Any]) -> Iterator[RemoteFile]:
    """A message has one file at most; an album comes as several messages, a photo as a list of sizes."""
    for kind, name in NAMES.items():
        if kind not in message or (kind == "document" and "animation" in message):
            continue
        file = message[kind][-1] if kind == "photo" else message[kind]
        yield RemoteFile(
            file_id=str(file["file_id"]),
            name=str(file.get("file_name") or name),
            content_type=str(file.get("mime_type") or TYPES.get(kind, "application/octet-stream")),
            size=file.get("file_size"),
        )


def words_for(message: Mapping[str, Any]) -> str:
    """What has neither words nor a file, in words, so that the team sees that something came."""
    if "sticker" in message:
        return str(message["sticker"].get("emoji") or _("(a sticker)"))
    if "location" in message:
        return PLACE.format(**message["location"])
    if "contact" in message:
        contact = message["contact"]
        return f"{contact.get('first_name', '')} {contact.get('last_name', '')} {contact['phone_number']}".strip()
    common = {"message_id", "from", "chat", "date", "edit_date", "reply_to_message"}
    kinds = ", ".join(sorted(message.keys() - common))[:100]
    return _("(a message that can't be shown here: %(kinds)s)") % {"kinds": kinds}
