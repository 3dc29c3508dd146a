"""The chats of the pretend Telegram: who may be written to, what was said, and bringing it to the helpdesk."""

from datetime import datetime
from secrets import randbelow
from typing import Any
from uuid import uuid4

import httpx
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from helpdesk import clock
from helpdesk.demo.models import TelegramBot, TelegramChat, TelegramLine
from helpdesk.people.models import Contact, ContactIdentity

FIRST_NUMBER = 10_000_001  # the messages of the demo's history are numbered below
HOOK_ANSWERS_WITHIN = 10.0  # seconds


def own_site() -> str | None:
    """The address by which the helpdesk reaches this pretend Telegram; None where it talks to another one."""
    base, ending = settings.TELEGRAM_API_BASE, reverse("demo:telegram") + "api"
    return base.removesuffix(ending) if base.endswith(ending) else None


def find_chat(chat_id: int) -> TelegramChat | None:
    """The chat of this id. Customers of the demo's history get theirs when they are first written to."""
    chat = TelegramChat.objects.filter(pk=chat_id).first()
    if chat is None:
        identities = ContactIdentity.objects.filter(kind=ContactIdentity.Kind.TELEGRAM, value=str(chat_id))
        identity = identities.select_related("contact").first()
        chat = identity and open_chat(chat_id, identity.contact)
    return chat


def open_chat(chat_id: int, contact: Contact) -> TelegramChat:
    """The chat of somebody whom the helpdesk knows already."""
    first, _, last = (contact.name or "Telegram").partition(" ")
    names = {"first_name": first[:64], "last_name": last[:64]}
    details = {**names, "language_code": contact.language[:10], "last_at": clock.now()}
    return TelegramChat.objects.get_or_create(pk=chat_id, defaults=details)[0]


def start_chat(name: str, *, language: str) -> TelegramChat:
    """The chat of somebody new. Their id is a number that hardly anybody has yet."""
    first, _, last = name.strip().partition(" ")
    return TelegramChat.objects.create(
        pk=8 * 10**9 + randbelow(10**9),
        first_name=first[:64],
        last_name=last.strip()[:64],
        language_code=language[:10],
        last_at=clock.now(),
    )


@transaction.atomic
def add_line(
    chat: TelegramChat, text: str, *, is_from_bot: bool, file: UploadedFile | None = None
) -> TelegramLine:
    """Store what was said, under the chat's next number."""
    chat, now = TelegramChat.objects.select_for_update().get(pk=chat.pk), clock.now()
    last = chat.lines.aggregate(last=Max("message_id"))["last"] or 0
    line = TelegramLine.objects.create(
        chat=chat,
        message_id=max(last + 1, FIRST_NUMBER),
        is_from_bot=is_from_bot,
        text=text,
        at=now,
        delivered_at=now if is_from_bot else None,
        **(details_of(file) if file else {}),
    )
    chat.last_at = now
    chat.save(update_fields=["last_at"])
    return line


def details_of(file: UploadedFile) -> dict[str, Any]:
    return {
        "file_key": uuid4(),
        "file_name": (file.name or "file")[:255],
        "file_type": (file.content_type or "application/octet-stream")[:100],
        "file": file.read(),
        "file_size": file.size,
    }


def write_as_person(chat: TelegramChat, text: str, *, file: UploadedFile | None = None) -> bool:
    """The customer writes; True where the helpdesk took it. Without words and file: try again what waits."""
    if text or file:
        add_line(chat, text, is_from_bot=False, file=file)
    return deliver_updates(chat)


def deliver_updates(chat: TelegramChat) -> bool:
    """Bring what the customer wrote to the bot's webhook, in order, over HTTP. Stops at the first that is refused:
    it stays, and goes out with the next one, as Telegram too comes again."""
    bot, site = TelegramBot.objects.first(), own_site()
    waiting = chat.lines.filter(is_from_bot=False, delivered_at=None).defer("file").order_by("pk")
    for line in waiting:
        if bot is None or site is None or not bring_update(site, bot, update_of(line)):
            return False
        mark_delivered(line, clock.now())
    return True


def bring_update(site: str, bot: TelegramBot, update: dict[str, Any]) -> bool:
    """Whether the webhook said yes. Without the environment's proxies: this machine calls itself."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": bot.webhook_secret} if bot.webhook_secret else {}
    try:
        with httpx.Client(timeout=HOOK_ANSWERS_WITHIN, trust_env=False) as client:
            return client.post(site + bot.webhook_path, json=update, headers=headers).is_success
    except httpx.HTTPError:
        return False


def mark_delivered(line: TelegramLine, at: datetime) -> None:
    line.delivered_at = at
    line.save(update_fields=["delivered_at"])


def update_of(line: TelegramLine) -> dict[str, Any]:
    """As Telegram brings it to a webhook."""
    return {"update_id": line.pk, "message": message_of(line, None)}


def message_of(line: TelegramLine, bot: TelegramBot | None) -> dict[str, Any]:
    """A `Message` of the Bot API, from the bot or, without one, from the chat's person."""
    words = {"caption" if line.file_key else "text": line.text} if line.text else {}
    return {
        "message_id": line.message_id,
        "from": bot_user(bot) if bot else person_of(line.chat),
        "chat": {"id": line.chat_id, "type": "private", **names_of(line.chat)},
        "date": int(line.at.timestamp()),
        **words,
        **({"document": document_of(line)} if line.file_key else {}),
    }


def bot_user(bot: TelegramBot) -> dict[str, Any]:
    return {
        "id": int(bot.token.partition(":")[0]),
        "is_bot": True,
        "first_name": bot.name,
        "username": bot.username,
    }


def person_of(chat: TelegramChat) -> dict[str, Any]:
    language = {"language_code": chat.language_code} if chat.language_code else {}
    return {"id": chat.pk, "is_bot": False, **names_of(chat), **language}


def names_of(chat: TelegramChat) -> dict[str, str]:
    return {"first_name": chat.first_name, **({"last_name": chat.last_name} if chat.last_name else {})}


def document_of(line: TelegramLine) -> dict[str, Any]:
    key = line.file_key.hex if line.file_key else ""
    return {
        "file_id": key,
        "file_unique_id": key[:16],
        "file_name": line.file_name,
        "mime_type": line.file_type,
        "file_size": line.file_size,
    }
