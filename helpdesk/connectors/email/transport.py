"""How an answer leaves by mail: composed, signed, handed to a server, and the verdict on each recipient understood."""

import secrets
import smtplib
from collections.abc import Sequence
from time import monotonic

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import gettext as _

from helpdesk.connectors.email.compose import compose_mail
from helpdesk.connectors.email.handing import DEFERRED, REFUSED, hand_to
from helpdesk.connectors.email.imap.trouble import without_secrets
from helpdesk.connectors.email.pictures import with_pictures_beside_the_text
from helpdesk.connectors.email.recipients import domain_of
from helpdesk.connectors.email.servers import SERVER_AWAY, as_text, servers_of, words_of
from helpdesk.connectors.email.signing import signed_mail
from helpdesk.errors import Invalid
from helpdesk.inboxes.contract import DeliveryError, Handover, Try
from helpdesk.tickets.models import Delivery, Message

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class EmailTransport:
    """A helpdesk.inboxes.contract.Transport."""

    def address_of(self, message: Message) -> str:
        """The Message-ID (without brackets), fixed when the answer is stored: every later try carries the same."""
        token = secrets.token_hex(6)
        return f"t{message.ticket_id}.m{message.pk}.{token}@{domain_of(message.inbox)}"

    def send(self, message: Message) -> Handover:
        """Hand over to those recipients who still wait. Raises DeliveryError where nobody could be asked about them."""
        queued = message.deliveries.filter(state=Delivery.State.QUEUED)
        waiting = list(queued.values_list("address", flat=True))
        if not waiting:
            raise DeliveryError(_("This customer has no mail address."), permanent=True)
        try:
            mail = compose_mail(message)
            content = as_bytes(mail)
        except (ValueError, UnicodeError) as error:  # an address or header no mail can carry
            raise DeliveryError(_("The mail could not be written: %s") % error, permanent=True) from error
        if settings.EMAIL_BACKEND != SMTP and not message.inbox.options.get("smtp_host"):
            return hand_to_backend(message, mail, waiting)
        return hand_over(message, mail.from_email, waiting, content)


def as_bytes(mail: EmailMultiAlternatives) -> bytes:
    return with_pictures_beside_the_text(mail.message()).as_bytes(linesep="\r\n")


def hand_over(message: Message, sender: str, waiting: Sequence[str], content: bytes) -> Handover:
    """The inbox's servers in their order, until one listens."""
    inbox, tries = message.inbox, []
    try:
        content = signed_mail(content, inbox)
    except Invalid as error:
        raise DeliveryError(str(error)) from error
    begun = monotonic()
    for server in servers_of(inbox):
        try:
            verdict = hand_to(server, sender=sender, recipients=waiting, content=content, begun=begun)
        except SERVER_AWAY as error:
            tries.append(Try(DEFERRED, str(server), without_secrets(words_of(error), inbox), waiting))
            continue
        tries.append(Try(verdict.outcome, str(server), verdict.words, waiting))
        return Handover(message.external_id, verdict.accepted, verdict.refused, tries)
    raise DeliveryError(tries[-1].answer, tries=tries)


def hand_to_backend(message: Message, mail: EmailMultiAlternatives, waiting: Sequence[str]) -> Handover:
    """The operator sends by another Django mail backend, a provider's for example: it answers for all at once."""
    if set(waiting) != {*mail.to, *mail.cc}:
        mail.extra_headers |= {"To": ", ".join(mail.to), "Cc": ", ".join(mail.cc)}
        mail.to, mail.cc = list(waiting), []
    server = settings.EMAIL_BACKEND
    try:
        mail.connection = get_connection(fail_silently=False)
        mail.send()
    except Exception as error:  # each backend has errors of its own; none may pass for a success
        told = delivery_error(error)
        outcome = REFUSED if told.permanent else DEFERRED
        told.tries = [Try(outcome, server, str(told), waiting)]
        raise told from error
    return Handover(message.external_id, waiting, {}, [Try("accepted", server, "", waiting)])


def delivery_error(error: Exception) -> DeliveryError:
    """The server's answer in one line, and whether trying again is any use: 5xx is final, everything else may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused = [(code, as_text(words)) for code, words in error.recipients.values()]
        permanent = bool(refused) and all(code >= 500 for code, _words in refused)
        return DeliveryError("; ".join(f"{code} {words}" for code, words in refused), permanent=permanent)
    if isinstance(
        error, smtplib.SMTPAuthenticationError
    ):  # our own fault, mended by an admin: the mail waits
        return DeliveryError(f"{error.smtp_code} {as_text(error.smtp_error)}")
    if isinstance(error, smtplib.SMTPResponseException):
        permanent = 500 <= error.smtp_code < 600 and not isinstance(error, smtplib.SMTPConnectError)
        return DeliveryError(f"{error.smtp_code} {as_text(error.smtp_error)}", permanent=permanent)
    return DeliveryError(f"{type(error).__name__}: {error}"[:500])
