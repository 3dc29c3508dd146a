"""Who of the team takes a conversation, and how their words look on each channel."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from helpdesk.demo.departments import department_named
from helpdesk.demo.people import TEAM
from helpdesk.demo.story import BusinessClock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.tickets.durations import seconds_between

TAKES = {"admin@example.com": 2, "agent@example.com": 9, "agent2@example.com": 8}  # shares of the work
CHANNELS = {Inbox.Kind.WEBCHAT: 46, Inbox.Kind.EMAIL: 43, Inbox.Kind.TELEGRAM: 11}


@dataclass
class Team:
    """The rows that every story needs, fetched once."""

    rng: Random

    @cached_property
    def users(self) -> dict[str, User]:
        return {user.email: user for user in User.objects.filter(email__in=[row[0] for row in TEAM])}

    @cached_property
    def departments(self) -> dict[str, Any]:
        return {name: department_named(name) for name in ("Support", "Billing", "Shipping")}

    @cached_property
    def inboxes(self) -> dict[str, Inbox]:
        return {inbox.kind: inbox for inbox in Inbox.objects.filter(key__startswith="fernweh-")}

    @cached_property
    def business_clock(self) -> BusinessClock:
        """As settings.BUSINESS_CLOCK, but each department's hours are read once for thousands of spans."""
        hours_of = cache(import_string(settings.BUSINESS_HOURS))

        def business_seconds(start: datetime, end: datetime, department_id: int | None) -> int:
            hours = hours_of(department_id)
            return hours.seconds(start, end) if hours else seconds_between(start, end)

        return business_seconds

    def inbox(self) -> Inbox:
        return self.inboxes[self.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]]

    def agent_for(self, department: str) -> User:
        able = [email for email, _, _, departments in TEAM if department in departments]
        return self.users[self.rng.choices(able, [TAKES[email] for email in able])[0]]

    def incoming_id(self, inbox: Inbox, sender: str) -> str:
        """What the channel would have called a customer's message."""
        number = self.rng.getrandbits(128)
        if inbox.kind == Inbox.Kind.EMAIL:
            return f"{number:032x}@{sender.rpartition('@')[2]}"
        if inbox.kind == Inbox.Kind.WEBCHAT:
            return f"{sender.replace('-', '')}:{UUID(int=number, version=4).hex}"
        return f"tg{inbox.pk}:{sender}:{number % 10**7}"

    def outgoing_id(self, inbox: Inbox) -> str:
        return f"h{self.rng.getrandbits(96):x}@example.com" if inbox.kind == Inbox.Kind.EMAIL else ""
