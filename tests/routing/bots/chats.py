"""A chat in which a bot asks, as a customer lives it."""

from typing import Any

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


def make_bot(*questions: dict[str, Any], **fields: Any) -> Bot:
    return save_bot(Bot(**{"name": "Clerk", "questions": list(questions) or [ask("Which order?")], **fields}))


class Chat:
    """One customer's conversation by the widget, with a trigger that starts the bot."""

    def __init__(self, bot: Bot, *, inbox: Inbox | None = None, **fields: Any) -> None:
        make_trigger(("bot", bot.pk))
        self.inbox, self.fields = inbox or make_inbox("webchat"), fields
        self.ticket: Ticket | None = None
        self.write("Hello?")

    def write(self, text: str) -> None:
        sender = Sender("visitor", "7a6c9e0e-31f5-4d5b-9f0c-3b1a52bd9d11", name="Carla")
        self.ticket = customer_writes(self.inbox, text, sender=sender, **self.fields).ticket
        self.tell()

    def tell(self) -> None:
        """Whatever has happened is told, twice."""
        self.ticket = tell_all(self.ticket)

    @property
    def said(self) -> list[str]:
        """What the bot has said, in order."""
        return list(self.of_bot.values_list("text", flat=True))

    @property
    def last(self) -> Message:
        return self.of_bot.last()

    @property
    def of_bot(self):
        return self.ticket.messages.filter(author_kind="bot").order_by("id")

    @property
    def run(self) -> BotRun:
        return BotRun.objects.get(ticket=self.ticket)

    @property
    def answers(self) -> list[list[str]]:
        self.ticket.refresh_from_db()
        return self.ticket.attributes.get("answers", [])
