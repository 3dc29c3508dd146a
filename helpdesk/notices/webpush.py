"""Web push on the wire: RFC 8030 (the request), RFC 8291 (what only the device can read), RFC 8292 (who we are)."""

import base64
import hashlib
from datetime import timedelta
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from helpdesk import clock
from helpdesk.notices.devices import bytes_of
from helpdesk.notices.models import Device, PushKeys
from helpdesk.outgoing import Answer, send_request

LASTS = timedelta(hours=12)  # a device that is off for longer gets no old news; the bell has it
TOKEN_LASTS = timedelta(hours=12)  # push services refuse one of more than a day
READ_BYTES = 300  # of the answer
TOPIC_LENGTH = 32  # what push services take at most


def post_push(device: Device, payload: bytes, *, about: str) -> Answer:
    """Hand it to the device's push service. What is `about` the same and still waits there is replaced.

    Raises Refused or Unreachable, as every request of ours.
    """
    return send_request(
        "POST",
        device.endpoint,
        content=encrypted_for(device, payload),
        headers={
            "Authorization": signed_for(device.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(LASTS.total_seconds())),
            "Topic": topic_of(about),
            "Urgency": "high",  # a phone that rests is woken: somebody waits for an answer
        },
        most_bytes=READ_BYTES,
    )


def encrypted_for(device: Device, payload: bytes) -> bytes:
    """One record of at most 4096 bytes, with a key and a salt of its own."""
    return http_ece.encrypt(
        payload,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=bytes_of(device.secrets["p256dh"]),
        auth_secret=bytes_of(device.secrets["auth"]),
        version="aes128gcm",
    )


def signed_for(endpoint: str) -> str:
    """The Authorization header: who sends, to which push service, and until when that holds."""
    keys, parts = push_keys(), urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((clock.now() + TOKEN_LASTS).timestamp()),
        "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    token = jwt.encode(claims, private_key(keys.secrets["private"]), algorithm="ES256")
    return f"vapid t={token}, k={keys.public}"


def topic_of(about: str) -> str:
    """The push service can tell that two are about the same, and not what that is."""
    mark = hashlib.sha256(f"{settings.SECRET_KEY}:push:{about}".encode()).digest()
    return base64.urlsafe_b64encode(mark).decode()[:TOPIC_LENGTH]


def push_keys() -> PushKeys:
    """Made when first asked for; of two who ask at once, both get the same."""
    return PushKeys.objects.filter(pk=1).first() or make_keys()


def make_keys() -> PushKeys:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    public = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    PushKeys.objects.bulk_create(
        [PushKeys(pk=1, public=public, secrets={"private": pem.decode()})], ignore_conflicts=True
    )
    return PushKeys.objects.get(pk=1)


@lru_cache(maxsize=2)
def private_key(pem: str) -> ec.EllipticCurvePrivateKey:
    return serialization.load_pem_private_key(pem.encode(), password=None)
