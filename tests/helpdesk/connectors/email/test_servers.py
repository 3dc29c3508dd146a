"""Whom we hand mail to: encryption that is verified, passwords, and tokens that are renewed; over real connections."""

import base64
import ssl

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from helpdesk.connectors.email.servers import operators_server, servers_of, try_sending
from helpdesk.errors import Invalid
from helpdesk.supervisor.ports import free_port
from tests.dovecot import make_certificate
from tests.factories import make_inbox
from tests.helpdesk.connectors.email.imap.tokens import TokenServer, token_server_for

pytestmark = pytest.mark.django_db


class TokenTalk:
    """An SMTP server that logs in by XOAUTH2, as the large providers do: a refusal is a challenge first."""

    def __init__(self, tokens: TokenServer) -> None:
        self.auth_XOAUTH2 = self.take_token
        self._tokens = tokens

    async def take_token(self, server, arguments):
        words = base64.b64decode(arguments[1]).decode().split("\x01")
        if (
            words[1].removeprefix("auth=Bearer ") in self._tokens.good
            and words[0] == "user=support@example.com"
        ):
            return AuthResult(success=True, auth_data=words[0])
        await server.challenge_auth('{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)


@pytest.fixture
def start():
    running = []

    def run(handler=None, **options) -> int:
        controller = Controller(
            handler or object(), hostname="127.0.0.1", port=free_port(), auth_require_tls=False, **options
        )
        controller.start()
        running.append(controller)
        return controller.port

    yield run
    for controller in running:
        controller.stop()


@pytest.fixture(autouse=True)
def private(settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True


def inbox_by(port: int, security: str = "none", **more) -> object:
    secrets = more.pop("secrets", {})
    options = {"smtp_host": "localhost", "smtp_port": port, "smtp_security": security} | more
    return make_inbox(address="support@example.com", options=options, secrets=secrets)


def refusal_of(inbox) -> str:
    with pytest.raises(Invalid) as refused:
        try_sending(inbox)
    assert refused.value.field == "smtp_host"
    return str(refused.value)


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused_and_one_of_a_known_authority_taken(
    start, tmp_path, monkeypatch, security
):
    make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    port = start(**{"ssl_context" if security == "ssl" else "tls_context": context})
    inbox = inbox_by(port, security)
    assert "CERTIFICATE_VERIFY_FAILED" in refusal_of(inbox)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    assert try_sending(inbox) == f"Sending works: localhost:{port} answered."
    inbox.options["smtp_host"] = "127.0.0.1"  # a name that the certificate does not have
    assert "CERTIFICATE_VERIFY_FAILED" in refusal_of(inbox)


def test_a_password_is_tried_and_never_shown(start):
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"right", handled=False)

    inbox = inbox_by(start(authenticator=check), smtp_user="desk", secrets={"smtp_password": "right"})
    assert try_sending(inbox).startswith("Sending works")
    inbox.secrets = {"smtp_password": "hunter2"}
    told = refusal_of(inbox)
    assert "535" in told and "hunter2" not in told


def test_a_token_that_has_ended_is_renewed_once_and_a_revoked_one_is_said(start):
    with token_server_for("support@example.com") as tokens:
        port = start(TokenTalk(tokens))
        inbox = inbox_by(
            port,
            auth="oauth",
            oauth_token_url=tokens.url,
            oauth_client_id="our-client",
            secrets={"oauth_access_token": "ended", "oauth_refresh_token": "refresh-0"},
        )
        assert try_sending(inbox).startswith("Sending works")
        assert len(tokens.asked) == 1
        assert try_sending(inbox).startswith("Sending works")
        assert len(tokens.asked) == 1, "a token that holds is used again"
        tokens.good = set()
        tokens.is_revoked = True
        assert "revoked" in refusal_of(inbox)


def test_a_host_without_a_server_is_named(start):
    port = free_port()
    assert f"localhost:{port}" in refusal_of(inbox_by(port))


def test_the_order_of_servers_is_own_then_fallback_and_the_operator_s_where_none_is_named(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "relay.example", 587, True
    named = {"smtp_host": "own.example", "fallback_host": "other.example", "fallback_port": 2525}

    def order(**options) -> list[str]:
        return [str(server) for server in servers_of(make_inbox(options=options))]

    assert order(**named) == ["own.example:587", "other.example:2525"]
    assert order(smtp_host="own.example", smtp_security="ssl") == ["own.example:465"]
    assert order(fallback_host="other.example") == ["relay.example:587", "other.example:587"]
    assert order() == ["relay.example:587"]
    assert (operators_server().security, operators_server().is_trusted) == ("starttls", True)
    assert not any(server.is_trusted for server in servers_of(make_inbox(options=named)))
