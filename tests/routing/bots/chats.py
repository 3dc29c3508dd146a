"""A chat in which a bot asks, as a customer lives it."""

from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet

from helpdesk.inboxes.contract import Sender
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Message, Ticket
from routing.bots.saving import save_bot
from routing.models import Bot, BotRun
from tests.factories import customer_writes, make_inbox
from tests.routing.triggers.test_firing import make_trigger, tell_all


def ask(text: str, kind: str = "words", **more: Any) -> dict[str, Any]:
    """A question as it is stored."""
    return {"texts": {"en": text}, "kind": kind, **more}


def option(text: str, **gets: str) -> dict[str, Any]:
    return {"texts": {"en": text}, **gets}


def make_bot(*questions: dict[str, Any], bot: Bot | None = None, **fields: Any) -> Bot:
    """A new one, or `bot` with other questions."""
    bot = bot or Bot(**{"name": "Clerk", **fields})
    bot.questions = list(questions) or [ask("Which order?")]
    return save_bot(bot)


class Chat:
    """One customer's conversation by the widget, which a trigger gives to the bot."""

    def __init__(
        self, bot: Bot, *, inbox: Inbox | None = None, visitor: UUID | None = None, **fields: Any
    ) -> None:
        self.inbox, self.visitor, self.fields = inbox or make_inbox("webchat"), visitor or uuid4(), fields
        self.trigger = make_trigger(("bot", bot.pk), when=[("inbox", "is", self.inbox.pk)])
        self.write("Hello?")

    def write(self, text: str, *, tells: bool = True) -> None:
        sender = Sender("visitor", str(self.visitor), name="Carla")
        self.ticket = customer_writes(self.inbox, text, sender=sender, **self.fields).ticket
        if tells:
            self.tell()

    def tell(self) -> None:
        """What has happened is told to all who listen."""
        self.ticket = tell_all(self.ticket)

    @property
    def of_bot(self) -> QuerySet[Message]:
        return self.ticket.messages.filter(author_kind="bot").order_by("id")

    @property
    def said(self) -> list[str]:
        """What the bot has said, in order."""
        return list(self.of_bot.values_list("text", flat=True))

    @property
    def last(self) -> Message:
        return self.of_bot.last()

    @property
    def run(self) -> BotRun:
        return BotRun.objects.get(ticket=self.ticket)

    @property
    def answers(self) -> list[list[str]]:
        return Ticket.objects.get(pk=self.ticket.pk).attributes.get("answers", [])
