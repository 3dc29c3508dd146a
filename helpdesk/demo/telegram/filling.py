"""The demo's bot, and the phones of three customers who are waiting for an answer."""

from secrets import randbelow, token_urlsafe

from django.urls import reverse

from helpdesk.demo.models import TelegramBot, TelegramChat, TelegramLine
from helpdesk.demo.telegram.chats import FIRST_NUMBER, open_chat
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Message, Ticket

INBOX_KEY = "fernweh-telegram"
PHONES = 3


def fill_telegram() -> None:
    """Connect the demo's Telegram inbox with the pretend Telegram. The history is there already."""
    inbox = Inbox.objects.get(key=INBOX_KEY)
    token = f"{10**9 + randbelow(9 * 10**9)}:{token_urlsafe(26)}"
    secret = token_urlsafe(32)
    inbox.secrets = {"token": token, "webhook_secret": secret}
    inbox.save(update_fields=["secrets"])
    TelegramBot.objects.create(
        token=token,
        name="Fernweh Supply",
        username="fernweh_supply_bot",
        webhook_path=reverse("telegram:hook", args=[inbox.key]),
        webhook_secret=secret,
    )
    for ticket in newest_tickets(inbox):
        fill_phone(ticket)


def newest_tickets(inbox: Inbox) -> list[Ticket]:
    """The open tickets in which something was said last, one a customer."""
    newest: dict[int, Ticket] = {}
    tickets = Ticket.objects.awake().filter(inbox=inbox).select_related("contact")
    for ticket in tickets.order_by("-last_message_at"):
        newest.setdefault(ticket.contact_id, ticket)
    return list(newest.values())[:PHONES]


def fill_phone(ticket: Ticket) -> None:
    """What the customer sees of their ticket."""
    said = ticket.messages.filter(kind__in=[Message.Kind.INCOMING, Message.Kind.OUTGOING]).in_order()
    ids = [message.external_id.split(":") for message in said if message.external_id.startswith("tg")]
    if not ids:
        return
    chat = open_chat(int(ids[0][1]), ticket.contact)
    lines = [line_of(chat, message, FIRST_NUMBER + number) for number, message in enumerate(said)]
    TelegramLine.objects.bulk_create(lines)
    chat.last_at = lines[-1].at
    chat.save(update_fields=["last_at"])


def line_of(chat: TelegramChat, message: Message, number: int) -> TelegramLine:
    known = message.external_id.rpartition(":")[2]
    return TelegramLine(
        chat=chat,
        message_id=int(known) if known.isdigit() else number,
        is_from_bot=message.kind == Message.Kind.OUTGOING,
        text=message.text,
        at=message.created_at,
        delivered_at=message.created_at,
    )
