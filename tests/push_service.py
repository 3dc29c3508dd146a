"""A push service of ours on loopback: it reads what comes as RFC 8030, 8291 and 8292 have it, and answers what a test says."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.loopback import QuietHandler, serving

AUTH = b"sixteen bytes ok"


def in_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class PushService:
    """`answers`: path -> (status, headers); 201 where it has none. `taken`: what came, decrypted, in order."""

    address: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def subscription(self, name: str = "one") -> dict[str, Any]:
        """As PushSubscription.toJSON() gives it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": in_base64(point), "auth": in_base64(AUTH)}
        return {"endpoint": f"{self.address}/{name}", "expirationTime": None, "keys": keys}

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        """What it answers. A request that no push service would take is 400, one that is not signed for it 403."""
        if len(body) > 4096 or headers.get("content-encoding") != "aes128gcm" or not headers["ttl"].isdigit():
            return 400, {}
        try:
            claims = self.claims_in(headers["authorization"])
        except jwt.InvalidTokenError:
            return 403, {}
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=AUTH, version="aes128gcm")
        self.taken.append(
            {
                "path": path,
                "headers": headers,
                "claims": claims,
                "payload": json.loads(plain),
                "size": len(body),
            }
        )
        return self.answers.get(path, (201, {}))

    def claims_in(self, authorization: str) -> dict[str, Any]:
        """RFC 8292: `vapid t=token, k=key`."""
        scheme, _, rest = authorization.partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64(parts["k"]))
        return jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.address)


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()

    class Answers(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            status, headers = service.take(self.path.strip("/"), named, body)
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

    with serving(Answers) as server:
        service.address = f"http://127.0.0.1:{server.server_port}"
        yield service
