"""What a view from conditions asks: what an agent can choose there, and how it is told in words."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.utils.translation import get_language, gettext

from helpdesk.conditions import Offers, choices, say_group
from helpdesk.conditions.groups import ALL
from helpdesk.conditions.saying import Said
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of, hidden_from

HELD = 60  # seconds in which a line hears of another name


@dataclass
class OffersFor(Offers):
    """What can be chosen, without the departments that this agent does not work with, and their inboxes."""

    user: User | None = None

    def of(self, source: Any) -> choices.Choices:
        if source not in self.known:
            if source is choices.departments:
                self.known[source] = [(str(one.pk), str(one)) for one in departments_of(self.user)]
            elif source is choices.inboxes:
                inboxes = Inbox.objects.exclude(department__in=hidden_from(self.user)).order_by("name")
                self.known[source] = [(str(one.pk), one.name) for one in inboxes]
        return super().of(source)


def offers_for(user: User) -> Offers:
    return OffersFor(user=user)


def say_what_is_asked(conditions: Any, user: User) -> str:
    """One line in the language of the page. Names in it may be a minute old: every look at the list prints it."""
    told = json.dumps([conditions, get_language(), hidden_from(user)], sort_keys=True)
    key = f"desk.asks.{hashlib.blake2s(told.encode()).hexdigest()}"
    words = caches["process"].get(key)
    if words is None:
        words = in_words(say_group(conditions, offers_for(user)))
        caches["process"].set(key, words, HELD)
    return words


def in_words(said: Said) -> str:
    joint = f" {gettext('and') if said.match == ALL else gettext('or')} "
    return joint.join(map(line_in_words, said.lines))


def line_in_words(line: Said) -> str:
    if line.lines:
        return f"({in_words(line)})"
    return " ".join(filter(None, (line.label.lower(), line.operator, line.value)))
