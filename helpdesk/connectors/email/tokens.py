"""Short signatures inside addresses: `support+t42.kq3v7m2xw5zt@example.com` proves that we gave this address out."""

import base64
import hashlib
import hmac
import re

from django.conf import settings

LENGTH = 12  # characters of base 32: 60 bits, and case does not matter (some servers lower it)
TOKEN = re.compile(r"(?P<kind>[tmc])(?P<number>\d{1,15})\.(?P<signature>[a-z2-7]{12})", re.IGNORECASE)


def signed(kind: str, number: int) -> str:
    """`t42.kq3v7m2xw5zt`: kind t is a ticket, m a message of ours (bounces), c a contact (unsubscribing)."""
    return f"{kind}{number}.{_signature(settings.SECRET_KEY, kind, number)}"


def read_signed(text: str) -> tuple[str, int] | None:
    """Kind and number of a signed word, None when it is none or not ours. Older keys stay valid."""
    found = TOKEN.fullmatch(text)
    if not found:
        return None
    kind, number, signature = found["kind"].lower(), int(found["number"]), found["signature"].lower()
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(signature, _signature(key, kind, number)):
            return kind, number
    return None


def _signature(key: str, kind: str, number: int) -> str:
    digest = hmac.new(f"helpdesk.email:{key}".encode(), f"{kind}{number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]
