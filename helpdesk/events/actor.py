"""Who did it. Every verb takes an actor; none reads one from the air."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actor:
    """`kind` is customer, agent, trigger, rule, bot, system; `id` the row of that kind (None for system)."""

    kind: str
    id: int | None = None
    name: str = ""

    @classmethod
    def agent(cls, user: Any) -> "Actor":
        return cls("agent", user.pk, str(user))

    @classmethod
    def customer(cls, contact: Any) -> "Actor":
        return cls("customer", contact.pk, str(contact))

    @classmethod
    def trigger(cls, trigger: Any) -> "Actor":
        return cls("trigger", trigger.pk, str(trigger))

    @classmethod
    def rule(cls, rule: Any) -> "Actor":
        """An assignment rule."""
        return cls("rule", rule.pk, str(rule))


SYSTEM = Actor("system")
BOT = Actor("bot", name="Bot")
