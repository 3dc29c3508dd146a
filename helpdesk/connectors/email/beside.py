"""Who else a mail was written to: the people who get our answers in copy."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from helpdesk.connectors.email.parsing.message import Address, ParsedEmail
from helpdesk.connectors.email.recipients import BOUNCE, UNSUBSCRIBE
from helpdesk.inboxes.contract import Sender
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.tickets.addressees import without_tag
from helpdesk.tickets.participants import MOST_OF_A_MAIL, belongs_to_people

EMAIL = "email"
MOST_LOOKED_AT = 100


def people_beside(mail: ParsedEmail, raw: RawMessage, *, sender: str) -> list[Sender]:
    """To and Cc without ourselves, robots and the sender; at most MOST_OF_A_MAIL. One query, none for a mail to us alone.

    Nobody where the mail names none of our addresses: then it came as a blind copy, and nobody may learn of us, or by
    another address that hands on to us, and a copy to that one would only come back. Nobody either of a list's mail.
    """
    boxes = [box for box in (*mail.to, *mail.cc)[:MOST_LOOKED_AT] if "@" in box.addr]
    if mail.kind != "human" or all(same(box.addr, raw.inbox.address) for box in boxes):
        return []
    ours = own_among([box.addr for box in boxes]) | {addr.lower() for addr in mail.delivered_to}
    others = [box for box in boxes if not is_one_of(box.addr, ours)]
    if len(others) == len(boxes):
        return []
    return [*senders_of(others, besides=(mail.sender.addr, sender))][:MOST_OF_A_MAIL]


def senders_of(boxes: Iterable[Address], *, besides: Iterable[str]) -> Iterable[Sender]:
    seen = {address.lower() for address in besides}
    for box in boxes:
        sender = Sender(EMAIL, box.addr[:254], name=box.name)
        if box.addr.lower() not in seen and belongs_to_people(sender):
            seen.add(box.addr.lower())
            yield sender


def own_among(addresses: list[str]) -> set[str]:
    """Those of the addresses, in lower case, that belong to an inbox, with or without a +tag."""
    plain = {tried for one in addresses for tried in (one.lower(), without_tag(one.lower()))}
    known = Inbox.objects.filter(kind=Inbox.Kind.EMAIL).annotate(lower=Lower("address"))
    return set(known.filter(lower__in=plain).values_list("lower", flat=True))


def is_one_of(address: str, ours: set[str]) -> bool:
    name = address.lower().partition("@")[0].partition("+")
    is_way_back = name[0] in (BOUNCE, UNSUBSCRIBE) and bool(name[1])
    return address.lower() in ours or without_tag(address.lower()) in ours or is_way_back


def same(one: str, other: str) -> bool:
    return without_tag(one.lower()) == without_tag(other.lower())
