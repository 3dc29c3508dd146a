"""One browser in one widget, and the proof that it may read and write there."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext_lazy as _

from helpdesk.errors import NotAllowed, NotThere
from helpdesk.inboxes.models import Inbox
from helpdesk.people.contacts import find_contact
from helpdesk.people.models import Contact, ContactIdentity
from helpdesk.people.visitors import Token, read_token, sign_visitor
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.querysets import MessageQuerySet, TicketQuerySet


class NoToken(NotAllowed):
    code = "no_token"
    sentence = _("This conversation can be read only in the browser it was begun in.")


@dataclass(frozen=True)
class Visit:
    """What a door must know before anything is read or written."""

    inbox: Inbox
    visitor: UUID
    language: str
    user_id: str = ""  # the site's own id of the person, where it is proved

    def contact(self) -> Contact | None:
        return find_contact(ContactIdentity.Kind.VISITOR, str(self.visitor))

    def tickets(self) -> TicketQuerySet:
        """The conversations of this browser in this widget, and no others: what the same person wrote by
        mail stays in the mail, since an address typed into a widget proves nothing."""
        return Ticket.objects.filter(
            inbox=self.inbox,
            contact__identities__kind=ContactIdentity.Kind.VISITOR,
            contact__identities__value=str(self.visitor),
        )

    def messages(self) -> MessageQuerySet:
        """What this browser may see: public, and gone through this widget, or by mail from or to its own contact. What
        others wrote on the ticket by mail, what went to others alone, what a teammate forwarded and a survey by mail stay
        there."""
        of_contact = Q(channel=Inbox.Kind.EMAIL, contact=F("ticket__contact"))
        by_mail = of_contact & (
            Q(kind=Message.Kind.OUTGOING, survey=None) | Q(kind=Message.Kind.INCOMING, user=None)
        )
        trusted = ~Q(sender_check=Message.SenderCheck.FAIL)
        return (
            Message.objects.public()
            .filter(ticket__in=self.tickets())
            .filter(Q(inbox=self.inbox) | by_mail & trusted)
        )


def visit_of(token: str, key: str, language: str) -> Visit:
    """The visit a signed token stands for. Raises NoToken for one that is forged, missing or another inbox's, NotThere
    for no such widget."""
    return visit_at(widget_of(key), token, language)


def visit_at(inbox: Inbox, token: str, language: str) -> Visit:
    """As `visit_of`, where the widget is known. Raises NoToken."""
    known = read_token(token)
    if known is None:
        raise NoToken
    visit = Visit(inbox, known.visitor, language_of(language), known.user_id)
    if not is_of(known, visit):
        raise NoToken
    return visit


def is_of(token: Token, visit: Visit) -> bool:
    """Whether the token is of this visit's inbox. Those from before tokens named one hold where they were used."""
    return token.inbox == visit.inbox.pk or (not token.inbox and visit.tickets().exists())


def token_for(visit: Visit) -> str:
    return sign_visitor(visit.visitor, inbox=visit.inbox.pk, user_id=visit.user_id)


def widget_of(key: str) -> Inbox:
    inbox = Inbox.objects.filter(kind=Inbox.Kind.WEBCHAT, is_active=True, key=key).first()
    if inbox is None:
        raise NotThere
    return inbox


def language_of(asked: str, fallback: str = settings.LANGUAGE_CODE) -> str:
    """The language of ours nearest to what a page says of itself ("it-CH" -> "it"), else `fallback`."""
    try:
        return get_supported_language_variant(asked.strip().lower().replace("_", "-"))
    except LookupError:
        return fallback
