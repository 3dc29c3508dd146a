"""DKIM (RFC 6376): our mails signed with the inbox's own key, and what the admin puts into the DNS for it."""

import base64

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox

BITS = 2048  # RFC 8301: at least 1,024, and 2,048 is what every receiver takes
# Each that the mail has is signed. From is named once more than it occurs, so that nobody can add a second one.
SIGNED = (
    *("From", "From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"),
    *("List-Unsubscribe", "List-Unsubscribe-Post"),  # RFC 8058 asks for both
)


def new_key() -> str:
    """A fresh RSA key as PEM text: kept in the inbox's secrets, never shown."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def dns_record(pem: str) -> str:
    """The value of the TXT record that lets others check our signatures. Raises Invalid where `pem` is no RSA key."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Invalid(_("This is no private key in PEM form."), field="dkim_key") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Invalid(_("This is no RSA key."), field="dkim_key")
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def dns_name(inbox: Inbox) -> str:
    """Where that record belongs: `helpdesk._domainkey.example.com`; "" while the inbox names no domain."""
    domain, selector = inbox.options.get("dkim_domain"), inbox.options.get("dkim_selector")
    return f"{selector}._domainkey.{domain}" if domain and selector else ""


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
