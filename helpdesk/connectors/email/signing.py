"""Our mails signed with the inbox's own key (DKIM, RFC 6376). Apart from the keys: the library loads a DNS resolver with it."""

import dkim
from django.utils.translation import gettext as _

from helpdesk.connectors.email.dkim import dns_name
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox

# Each that the mail has is signed. From is named once more than it occurs, so that nobody can add a second one.
SIGNED = (
    *("From", "From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"),
    *("List-Unsubscribe", "List-Unsubscribe-Post"),  # RFC 8058 asks for both
)


def signed_mail(mail: bytes, inbox: Inbox) -> bytes:
    """The mail with its DKIM-Signature on top; unchanged where the inbox signs nothing. Lines end in CRLF.

    Raises Invalid where the key cannot be used: a mail that leaves unsigned by accident would be taken for forged.
    """
    name, pem = dns_name(inbox), inbox.secrets.get("dkim_key")
    if not (name and pem):
        return mail
    selector, _at, domain = name.partition("._domainkey.")
    present = {line.split(b":", 1)[0].lower() for line in mail.split(b"\r\n\r\n", 1)[0].split(b"\r\n")}
    headers = [header.lower().encode() for header in SIGNED if header.lower().encode() in present]
    try:
        signature = dkim.sign(
            mail,
            selector.encode("ascii"),
            domain.encode("idna"),
            pem.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=headers,
        )
    except (dkim.DKIMException, ValueError) as error:
        raise Invalid(_("The DKIM key can't be used: %s") % error, field="dkim_key") from error
    return signature + mail
