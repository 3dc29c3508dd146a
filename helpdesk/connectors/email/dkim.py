"""DKIM (RFC 6376): an inbox's own key, and what the admin puts into the DNS for it. signing.py signs with it."""

import base64

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox

BITS = 2048  # RFC 8301: at least 1,024, and 2,048 is what every receiver takes


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
