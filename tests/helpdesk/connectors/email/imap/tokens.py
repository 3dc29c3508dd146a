"""A small token server that speaks OAuth's wire format: refreshing (RFC 6749, 6) and, for Dovecot, introspection (RFC 7662)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

from tests.loopback import QuietHandler, serving


class TokenServer:
    """Gives out token-1, token-2 ... for the refresh token it gave last, as long as nobody revokes it."""

    def __init__(self, user: str) -> None:
        self.user, self.good, self.refresh = user, set(), "refresh-0"
        self.is_revoked = self.is_away = False
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def renew(self, form: dict[str, str]) -> tuple[int, dict]:
        self.asked.append(form)
        if self.is_away:
            return 503, {}
        if self.is_revoked or form.get("refresh_token") != self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        token = f"token-{len(self.asked)}"
        self.good, self.refresh = {token}, f"refresh-{len(self.asked)}"
        return 200, {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": self.refresh,
        }

    def introspect(self, form: dict[str, str]) -> tuple[int, dict]:
        return 200, {"active": form.get("token") in self.good, "username": self.user}


@contextmanager
def token_server_for(user: str, port: int = 0) -> Iterator[TokenServer]:
    """It listens as long as this is open."""
    told = TokenServer(user)

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, answer = told.introspect(form) if "introspect" in self.path else told.renew(form)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with serving(Handler, port) as server:
        told.url = f"http://127.0.0.1:{server.server_port}/token"
        yield told
