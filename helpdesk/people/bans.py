"""Visitors whom the team wants in no chat. Whoever sees them may ban them from the chats; only an admin keeps a person out
everywhere, so that what they write by mail is spam.

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
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.errors import NotAllowed
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.contacts import browsers_of, lock_contact
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


class OnlyAdmins(NotAllowed):
    code = "only_admins"
    sentence = _("Only an admin bans somebody everywhere, or lifts that.")


def ban_visitor(
    visitor: UUID,
    *,
    name: str,
    reason: str = "",
    contact: Contact | None = None,
    place: str = "",
    is_everywhere: bool = False,
    by: User,
) -> Ban:
    """Keep them out of every chat, with all the browsers that the contact is known by; `place` (a hash by place_of) keeps
    others from there out, too, for PLACE_FOR. `is_everywhere`: the contact's mail as well, if there is a contact. Twice is
    once, and a wider one widens what stands. Raises OnlyAdmins."""
    is_everywhere = is_everywhere and contact is not None
    if is_everywhere:
        refuse_all_but_admins(by)
    now = clock.now()
    try:
        with transaction.atomic():
            ban = Ban.objects.create(
                visitor=visitor,
                contact=contact,
                is_everywhere=is_everywhere,
                place=place,
                place_until=now + PLACE_FOR if place else None,
                name=name[:120],
                reason=reason.strip()[:200],
                banned_at=now,
                banned_by=by,
            )
            if is_everywhere:
                set_blocked(contact, to=True)
            note_ban(ban, by=by)
    except IntegrityError:
        ban = Ban.objects.standing().get(visitor=visitor)
        if is_everywhere and not ban.is_everywhere:
            widen_ban(ban, contact, by=by)
    forget_standing()
    for browser in {visitor, *browsers_of([contact.pk] if contact else [])}:
        end_presence(browser)
    return ban


def widen_ban(ban: Ban, contact: Contact, *, by: User) -> None:
    with transaction.atomic():
        ban.contact, ban.is_everywhere = contact, True
        ban.save(update_fields=["contact", "is_everywhere"])
        set_blocked(contact, to=True)
        note_ban(ban, by=by)


def note_ban(ban: Ban, *, by: User) -> None:
    record(
        names.VISITOR_BANNED,
        by=Actor.agent(by),
        contact=ban.contact,
        visitor=ban.visitor,
        data={"reason": ban.reason} | ({"everywhere": True} if ban.is_everywhere else {}),
    )


def lift_ban(ban: Ban, *, by: User) -> None:
    """Let them in again. Where another ban of the same person stands, that one keeps them out. Raises OnlyAdmins."""
    if ban.is_everywhere:
        refuse_all_but_admins(by)
    with transaction.atomic():
        is_lifted = Ban.objects.standing().filter(pk=ban.pk).update(lifted_at=clock.now(), lifted_by=by)
        others = Ban.objects.standing().filter(contact=ban.contact_id, is_everywhere=True)
        if is_lifted and ban.is_everywhere and not others.exists():
            set_blocked(ban.contact, to=False)
        if is_lifted:
            record(names.VISITOR_UNBANNED, by=Actor.agent(by), contact=ban.contact, visitor=ban.visitor)
    forget_standing()


def refuse_all_but_admins(by: User) -> None:
    if not by.is_admin:
        raise OnlyAdmins


def set_blocked(contact: Contact | None, *, to: bool) -> None:
    if contact:
        contact = lock_contact(contact.pk)
        contact.is_blocked = to
        contact.save(update_fields=["is_blocked"])


def ban_of(visitor: UUID, contact: Contact | None) -> Ban | None:
    """The ban that keeps this browser out, or all those of the contact."""
    theirs = Q(visitor=visitor) | Q(contact=contact) if contact else Q(visitor=visitor)
    bans = Ban.objects.standing().filter(theirs).select_related("banned_by")
    return bans.order_by("-is_everywhere", "-banned_at", "-id").first()


def is_banned(visitor: UUID, *, address: str = "") -> bool:
    """Whether this browser is banned, or anybody who comes from this network address."""
    now = standing_now()
    until = now.places.get(place_of(address)) if now.places and address else None
    return visitor in now.visitors or bool(until and until > clock.now())


def banned_browsers() -> frozenset[UUID]:
    """All that are banned, for whoever asks of many."""
    return standing_now().visitors


def standing_now() -> Standing:
    return standing(int(time.monotonic() / AT_HAND))


def forget_standing() -> None:
    """This process reads anew what stands."""
    standing.cache_clear()


@lru_cache(maxsize=1)
def standing(_moment: int) -> Standing:
    """What stands, read once in each moment."""
    rows = list(Ban.objects.standing().values_list("visitor", "contact", "place", "place_until"))
    places = {place: until for _visitor, _contact, place, until in rows if place}
    browsers = browsers_of({contact for _visitor, contact, *_place in rows if contact})
    return Standing(frozenset({visitor for visitor, *_rest in rows} | browsers), places)


def place_of(address: str) -> str:
    """A network address as a ban knows it, as hex; "" for what is none. Nobody reads the address out of it."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    network = ipaddress.ip_network((ip, NETWORK), strict=False) if ip.version == 6 else ip
    return hmac.new(settings.SECRET_KEY.encode(), f"place:{network}".encode(), "sha256").hexdigest()
