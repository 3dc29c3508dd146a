"""How an answer leaves by mail: composed, handed to the configured SMTP server, and its verdict understood."""

import secrets
import smtplib

from django.core.mail import get_connection
from django.utils.translation import gettext as _

from helpdesk.connectors.email.compose import compose_mail
from helpdesk.connectors.email.recipients import domain_of
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.tickets.models import Message


class EmailTransport:
    """A helpdesk.inboxes.contract.Transport."""

    def address_of(self, message: Message) -> str:
        """The Message-ID (without brackets), fixed when the answer is stored: every later try carries the same."""
        token = secrets.token_hex(6)
        return f"t{message.ticket_id}.m{message.pk}.{token}@{domain_of(message.inbox)}"

    def send(self, message: Message) -> str:
        """Hand over to the SMTP server; returns the Message-ID. Raises DeliveryError, permanent on a 5xx answer."""
        try:
            mail = compose_mail(message)
            mail.connection = get_connection(fail_silently=False)
            mail.send()
        except (smtplib.SMTPException, OSError) as error:
            raise delivery_error(error) from error
        except (ValueError, UnicodeError) as error:  # an address or header no mail can carry
            raise DeliveryError(_("The mail could not be written: %s") % error, permanent=True) from error
        return message.external_id


def delivery_error(error: Exception) -> DeliveryError:
    """The server's answer in one line, and whether trying again is any use: 5xx is final, everything else may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused = [(code, _words(words)) for code, words in error.recipients.values()]
        permanent = bool(refused) and all(code >= 500 for code, _words_of in refused)
        return DeliveryError("; ".join(f"{code} {words}" for code, words in refused), permanent=permanent)
    if isinstance(
        error, smtplib.SMTPAuthenticationError
    ):  # our own fault, mended by an admin: the mail waits
        return DeliveryError(f"{error.smtp_code} {_words(error.smtp_error)}")
    if isinstance(error, smtplib.SMTPResponseException):
        permanent = 500 <= error.smtp_code < 600 and not isinstance(error, smtplib.SMTPConnectError)
        return DeliveryError(f"{error.smtp_code} {_words(error.smtp_error)}", permanent=permanent)
    return DeliveryError(f"{type(error).__name__}: {error}"[:500])


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
