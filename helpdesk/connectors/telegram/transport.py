"""How an answer goes back into the customer's chat."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from helpdesk.connectors.telegram.bot import Bot, BotError, bot_of
from helpdesk.connectors.telegram.reading import external_id
from helpdesk.connectors.telegram.splitting import split_text
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.outgoing import Unreachable
from helpdesk.people.models import ContactIdentity
from helpdesk.tickets.models import Attachment, Message

REMEMBERED = 2 * 24 * 3600  # seconds; longer than an answer is tried
# 401 and 404 say that the token is wrong, which an admin can mend: the answer waits.
FINAL = {400, 403, 413}


class TelegramTransport:
    """A long answer goes out in pieces, and files after them. Telegram knows no key against doubles, so what has
    gone is remembered: a second try goes on from there. Only a crash between Telegram's yes and our note of it
    can double a piece."""

    def address_of(self, message: Message) -> str:
        return ""  # Telegram gives the number

    def send(self, message: Message) -> str:
        """Returns the external id of the first piece. Raises DeliveryError; 403 means that the customer blocked the bot."""
        bot, chat = bot_of(message.inbox), chat_of(message)
        if bot is None or not message.inbox.is_active:
            raise DeliveryError(_("This inbox is not connected to a bot."), permanent=True)
        if chat is None:
            raise DeliveryError(_("The customer has no Telegram chat with this bot."), permanent=True)
        gone = f"telegram.gone.{message.pk}"
        numbers: list[int] = cache.get(gone, [])
        for piece in pieces_of(message, bot, chat)[len(numbers) :]:
            numbers.append(handed_over(piece))
            cache.set(gone, numbers, REMEMBERED)
        return external_id(message.inbox, chat, numbers[0])


def chat_of(message: Message) -> str | None:
    """The chat of the customer's last message through this inbox; a private chat has its person's id."""
    came_by = message.ticket.messages.filter(
        kind=Message.Kind.INCOMING, inbox=message.inbox, external_id__startswith="tg"
    )
    last = came_by.order_by("-created_at", "-id").values_list("external_id", flat=True).first()
    if last:
        return last.split(":")[1]
    identities = message.ticket.contact.identities.filter(kind=ContactIdentity.Kind.TELEGRAM)
    return identities.order_by("-pk").values_list("value", flat=True).first()


def pieces_of(message: Message, bot: Bot, chat: str) -> list[Callable[[], dict]]:
    """What is to be sent, in order: always the same for one message."""
    texts = [partial(bot.call, "sendMessage", chat_id=chat, text=text) for text in split_text(message.text)]
    texts[-1:] = [partial(last, **keyboard_of(message)) for last in texts[-1:]]
    files = [lambda file=file: send_file(bot, chat, file) for file in message.attachments.order_by("pk")]
    return [*texts, *files]


def keyboard_of(message: Message) -> dict[str, Any]:
    """What can be answered with one tap, a button a line; it goes when one was tapped."""
    if not message.choices:
        return {}
    rows = [[{"text": choice}] for choice in message.choices]
    keyboard = {"keyboard": rows, "one_time_keyboard": True, "resize_keyboard": True}
    return {"reply_markup": keyboard}


def send_file(bot: Bot, chat: str, file: Attachment) -> dict:
    with file.file.open("rb") as content:
        return bot.call(
            "sendDocument", chat_id=chat, files={"document": (file.name, content, file.content_type)}
        )


def handed_over(piece: Callable[[], dict]) -> int:
    """Send one piece; returns the number Telegram gave it."""
    try:
        return int(piece()["message_id"])
    except BotError as error:
        raise DeliveryError(
            str(error), permanent=error.code in FINAL, retry_after=error.retry_after
        ) from error
    except Unreachable as error:
        raise DeliveryError(str(error)) from error
