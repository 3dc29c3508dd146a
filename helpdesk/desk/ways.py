"""Beside the composer of a chat: how the answer will go, and the choice between chat and mail where both reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.copies import minutes_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.ways import Reach, is_here, reach_of

CHAT, MAIL = Inbox.Kind.WEBCHAT, Inbox.Kind.EMAIL


@dataclass(frozen=True)
class Way:
    """`is_here`: the customer is on the site now; `words` say how the answer goes by this way."""

    inbox: Inbox
    words: str
    is_here: bool
    is_chosen: bool


def shown_ways(ticket: Ticket, draft: Mapping | None = None) -> list[Way]:
    """The ways of a ticket that began in a chat, the one chosen in a draft or the likeliest marked; none of another's."""
    if ticket.inbox.kind != CHAT:
        return []
    reach, here = reach_in(ticket), is_here(ticket.contact)
    wanted = str((draft or {}).get("way", ""))
    chosen = next((one for one in reach.inboxes if str(one.pk) == wanted), None)
    chosen = chosen or likeliest(reach.inboxes, here)
    words = {CHAT: words_of_chat(ticket, reach, here), MAIL: words_of_mail(reach, here)}
    return [Way(one, words[one.kind], here, one == chosen) for one in reach.inboxes if one.kind in words]


def reach_in(ticket: Ticket) -> Reach:
    """Read once for a ticket at hand: the composer and the line of recipients ask both."""
    if not hasattr(ticket, "_reach"):
        ticket._reach = reach_of(ticket)
    return ticket._reach


def likeliest(inboxes: Sequence[Inbox], here: bool) -> Inbox:
    """As the customer last wrote; by mail where they wrote in the chat and have left."""
    usual = inboxes[0]
    mail = next((one for one in inboxes if one.kind == MAIL), None)
    return mail if mail and usual.kind == CHAT and not here else usual


def words_of_chat(ticket: Ticket, reach: Reach, here: bool) -> str:
    address = reach.address
    mails = address and reach.mail_inbox and minutes_of(ticket.inbox)
    if here:
        return (
            _("here now; by mail to %(address)s if unread") % {"address": address} if mails else _("here now")
        )
    if mails:
        return _("has left; if unread, at once by mail to %(address)s") % {"address": address}
    if address and not reach.mail_inbox:
        return _("has left; there is no mail inbox to go on by")
    if address:
        return _("has left; reads it here on coming back")
    return _("has left without an address; reads it on coming back")


def words_of_mail(reach: Reach, here: bool) -> str:
    said = {"address": reach.address}
    return _("to %(address)s, and in the chat") % said if here else _("has left; to %(address)s") % said
