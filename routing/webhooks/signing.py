"""How a call says that it is ours: the headers of the Standard Webhooks specification (standardwebhooks.com), so that
libraries of many languages can check them."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

PREFIX = "whsec_"
KEY_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signature_of(secret: str, key: UUID, timestamp: int, body: str) -> str:
    """`v1,` and the HMAC-SHA256 in base64 over "id.timestamp.body", with the bytes that stand behind `whsec_`."""
    signed = f"{key}.{timestamp}.{body}".encode()
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers_of(secret: str, key: UUID, timestamp: int, body: str) -> dict[str, str]:
    """What goes with the body. `timestamp`: seconds since 1970, of this try."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Helpdesk-Webhooks",
        "Webhook-Id": str(key),
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": signature_of(secret, key, timestamp, body),
    }
