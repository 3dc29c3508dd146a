"""The usual ten, ready to be looked over: what is the team's own (which department, which shortcut) is left to choose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.events import names
from helpdesk.tickets.models import Ticket
from routing.models import Trigger

URGENT, HIGH = str(Ticket.Priority.URGENT.value), str(Ticket.Priority.HIGH.value)
REFUND_WORDS = (
    "refund, invoice, charged, chargeback, rimborso, fattura, addebito, rambursare, factură, 退款, 发票, 扣款"
)
SPAM_WORDS = "casino, viagra, crypto profit, backlinks, SEO services, 博彩, 代开发票"


@dataclass(frozen=True)
class Starter:
    key: str
    icon: str
    name: str | Promise
    sentence: str | Promise
    make: Callable[[], dict[str, Any]]  # fields of the trigger


def asks(*lines: tuple[str, str, Any], match: str = "all") -> dict[str, Any]:
    told = [{"field": field, "op": op, "value": value} for field, op, value in lines]
    return {"match": match, "lines": told}


def does(*steps: tuple[str, str]) -> list[dict[str, str]]:
    return [{"do": do, "value": value} for do, value in steps]


def first_answer_late() -> dict[str, Any]:
    return {
        "on": ["waits.answer"],
        "after_minutes": 240,
        "clock": Trigger.Clock.OFFICE,
        "actions": does(("prioritise", HIGH), ("notify", "assignee"), ("notify", "members")),
    }


STARTERS: dict[str, Starter] = {
    starter.key: starter
    for starter in (
        Starter(
            "closed",
            "moon",
            _("Say when the office is closed"),
            _("Who writes outside your hours hears at once when you are back."),
            lambda: {
                "on": [names.TICKET_CREATED],
                "conditions": asks(("office", "is", "closed")),
                "actions": does(("answer", "out-of-hours")),
            },
        ),
        Starter(
            "vip",
            "star",
            _("Best customers to their team"),
            _("By plan, spend or company: to a department of their own, with a notice to its people."),
            lambda: {
                "on": [names.TICKET_CREATED],
                "conditions": asks(("person:plan", "is", "enterprise"), match="any"),
                "actions": does(("transfer", ""), ("prioritise", HIGH), ("notify", "members")),
            },
        ),
        Starter(
            "refund",
            "receipt",
            _("Refunds and invoices to Billing"),
            _("Words of money in the subject or the first message, in four languages."),
            lambda: {
                "on": [names.TICKET_CREATED],
                "conditions": asks(("subject_or_first", "contains_any", REFUND_WORDS)),
                "actions": does(("transfer", ""), ("tag", "billing")),
            },
        ),
        Starter(
            "bad_rating",
            "frown",
            _("Follow up a bad rating"),
            _("One or two stars open the ticket again, for somebody to call back."),
            lambda: {
                "on": [names.SURVEY_RATED],
                "conditions": asks(("rating", "is", ["1", "2"])),
                "actions": does(
                    ("status", "open"), ("tag", "bad rating"), ("prioritise", HIGH), ("notify", "admins")
                ),
                "once_per_ticket": True,
            },
        ),
        Starter(
            "late",
            "alarm-clock",
            _("Nobody has answered for four hours"),
            _("In business hours: raise it, and tell whoever has it."),
            first_answer_late,
        ),
        Starter(
            "untaken",
            "user-plus",
            _("Nobody has taken it for half an hour"),
            _("Tell the department before the customer asks again."),
            lambda: {
                "on": ["waits.agent"],
                "after_minutes": 30,
                "clock": Trigger.Clock.OFFICE,
                "actions": does(("notify", "members")),
            },
        ),
        Starter(
            "solved",
            "check-check",
            _("Close what was solved a week ago"),
            _("An answer after that begins a new ticket."),
            lambda: {
                "on": ["keeps.status"],
                "after_minutes": 7 * 24 * 60,
                "conditions": asks(("status", "is", "solved")),
                "actions": does(("close", "")),
            },
        ),
        Starter(
            "spam",
            "ban",
            _("Words that only spam uses"),
            _("Out of everybody's sight, and nothing else looks at it."),
            lambda: {
                "on": [names.TICKET_CREATED],
                "conditions": asks(("subject_or_first", "contains_any", SPAM_WORDS)),
                "actions": does(("spam", "")),
                "stops": True,
            },
        ),
        Starter(
            "language",
            "languages",
            _("A language to who speaks it"),
            _("Who writes in it comes to the department that answers in it."),
            lambda: {
                "on": [names.TICKET_CREATED],
                "conditions": asks(("language", "is", "it")),
                "actions": does(("transfer", "")),
            },
        ),
        Starter(
            "webhook",
            "webhook",
            _("Tell another program what was closed"),
            _("Your CRM or a chat room hears of every ticket that is done."),
            lambda: {"on": [names.TICKET_CLOSED], "actions": does(("webhook", ""))},
        ),
    )
}


def trigger_from(key: str) -> Trigger | None:
    """Unsaved, with its name in the language of whoever asks; None for a key that is none."""
    starter = STARTERS.get(key)
    if starter is None:
        return None
    return Trigger(name=str(starter.name), **({"conditions": asks()} | starter.make()))


def trigger_that_starts(bot: str) -> Trigger:
    """Unsaved: a bot (its id as text) that asks as soon as somebody begins a chat."""
    return Trigger(
        name=gettext("A bot asks first in chats"),
        on=[names.TICKET_CREATED],
        conditions=asks(("channel", "is", "webchat")),
        actions=does(("bot", bot)),
    )
