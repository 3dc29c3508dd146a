"""Visitors whom the team wants in no chat.

Asked with every line that a visitor writes, so each process keeps the few that stand for some seconds: a ban reaches
the others after AT_HAND at the latest.
"""

import hmac
import ipaddress
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.contacts import lock_contact
from helpdesk.people.models import Ban, Contact, User
from helpdesk.people.presence import end_presence

AT_HAND = 5  # seconds
PLACE_FOR = timedelta(days=1)  # addresses change hands, and an office shares one
NETWORK = 64  # bits of an IPv6 address that stand for one household


@dataclass(frozen=True)
class Standing:
    """What is banned now: browsers, and places until a time."""

    visitors: frozenset[UUID]
    places: dict[str, datetime]


def ban_visitor(
    visitor: UUID,
    *,
    name: str,
    reason: str = "",
    contact: Contact | None = None,
    place: str = "",
    by: User,
) -> Ban:
    """Keep them out of every chat; `place` (a hash by place_of) keeps others from there out, too, for PLACE_FOR. Twice is
    once."""
    now = clock.now()
    try:
        with transaction.atomic():
            ban = Ban.objects.create(
                visitor=visitor,
                contact=contact,
                place=place,
                place_until=now + PLACE_FOR if place else None,
                name=name[:120],
                reason=reason.strip()[:200],
                banned_at=now,
                banned_by=by,
            )
            set_blocked(contact, to=True)
            record(
                names.VISITOR_BANNED,
                by=Actor.agent(by),
                contact=contact,
                visitor=visitor,
                data={"reason": ban.reason},
            )
    except IntegrityError:
        ban = Ban.objects.standing().get(visitor=visitor)
    standing.cache_clear()
    end_presence(visitor)
    return ban


def lift_ban(ban: Ban, *, by: User) -> None:
    """Let them in again. Where another ban of the same person stands, that one keeps them out."""
    with transaction.atomic():
        is_lifted = Ban.objects.standing().filter(pk=ban.pk).update(lifted_at=clock.now(), lifted_by=by)
        if is_lifted and not Ban.objects.standing().filter(contact=ban.contact_id).exists():
            set_blocked(ban.contact, to=False)
        if is_lifted:
            record(names.VISITOR_UNBANNED, by=Actor.agent(by), contact=ban.contact, visitor=ban.visitor)
    standing.cache_clear()


def set_blocked(contact: Contact | None, *, to: bool) -> None:
    if contact:
        contact = lock_contact(contact.pk)
        contact.is_blocked = to
        contact.save(update_fields=["is_blocked"])


def is_banned(visitor: UUID, *, address: str = "") -> bool:
    """Whether this browser is banned, or anybody who comes from this network address."""
    now = standing(int(time.monotonic() / AT_HAND))
    until = now.places.get(place_of(address)) if now.places and address else None
    return visitor in now.visitors or bool(until and until > clock.now())


@lru_cache(maxsize=1)
def standing(_moment: int) -> Standing:
    """What stands, read once in each moment."""
    rows = list(Ban.objects.standing().values_list("visitor", "place", "place_until"))
    places = {place: until for _visitor, place, until in rows if place}
    return Standing(frozenset(visitor for visitor, _place, _until in rows), places)


def place_of(address: str) -> str:
    """A network address as a ban knows it, as hex; "" for what is none. Nobody reads the address out of it."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    network = ipaddress.ip_network((ip, NETWORK), strict=False) if ip.version == 6 else ip
    return hmac.new(settings.SECRET_KEY.encode(), f"place:{network}".encode(), "sha256").hexdigest()
