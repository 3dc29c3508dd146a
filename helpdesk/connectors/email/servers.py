"""Which SMTP servers an inbox sends by, and a session with one: reached, encrypted, logged in.

An inbox's own server comes first, then its fallback; an inbox that names neither uses the operator's SMTP_URL.
A host that an admin typed must be public unless ALLOW_PRIVATE_ADDRESSES says otherwise; certificates are verified.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import inf
from time import monotonic

from django.conf import settings
from django.core.mail.utils import DNS_NAME
from django.utils.translation import gettext as _

from helpdesk.connectors.email.dkim import dns_name, dns_record
from helpdesk.connectors.email.imap.oauth import access_token
from helpdesk.connectors.email.imap.trouble import Trouble, without_secrets
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.outgoing import Refused, Unreachable, public_address

TIMEOUT = 30  # seconds for each answer of the server
LEAST = 5  # seconds for it where all of them have used up their time
PORTS = {"ssl": 465, "starttls": 587, "none": 25}
SERVER_AWAY = (smtplib.SMTPException, OSError, Refused, Unreachable, Trouble)


@dataclass(frozen=True)
class Server:
    """One SMTP server. `security` is ssl, starttls or none; `token` gives an OAuth access token in place of a password."""

    host: str
    port: int
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    token: Callable[..., str] | None = field(default=None, repr=False)
    prefix: str = "smtp"  # of the options that name it: smtp or fallback
    is_trusted: bool = False  # the operator's own: it may stand on a private address

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def servers_of(inbox: Inbox) -> list[Server]:
    """The servers to try, in this order; never empty."""
    own, fallback = named_server(inbox, "smtp"), named_server(inbox, "fallback")
    return [own or operators_server(), *([fallback] if fallback else [])]


def named_server(inbox: Inbox, prefix: str) -> Server | None:
    """The server in the inbox's options, `smtp` or `fallback`; None where it names none."""
    options = inbox.options
    host = str(options.get(f"{prefix}_host") or "").strip()
    if not host:
        return None
    security = options.get(f"{prefix}_security") or "starttls"
    is_oauth = prefix == "smtp" and options.get("auth") == "oauth"
    return Server(
        host=host,
        port=int(options.get(f"{prefix}_port") or PORTS.get(security, 587)),
        security=security,
        user=str(options.get(f"{prefix}_user") or (inbox.address if is_oauth else "")),
        password=inbox.secrets.get(f"{prefix}_password") or "",
        token=partial(access_token, inbox) if is_oauth else None,
        prefix=prefix,
    )


def operators_server() -> Server:
    """What SMTP_URL says."""
    security = "ssl" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"
    return Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        security=security,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        is_trusted=True,
    )


def open_session(server: Server, *, until: float = inf) -> "PinnedSMTP":
    """Connected, encrypted and logged in, by the moment `until` of time.monotonic(). Raises one of SERVER_AWAY; the caller
    quits the session."""
    address = server.host if server.is_trusted else public_address(server.host, server.port)
    kind = PinnedSSL if server.security == "ssl" else PinnedSMTP
    session = kind(server.host, server.port, address, until)
    try:
        session.ehlo()
        if server.security == "starttls":
            session.starttls(context=ssl.create_default_context())
            session.ehlo()
        log_in(session, server)
    except BaseException:
        session.close()
        raise
    return session


def log_in(session: smtplib.SMTP, server: Server) -> None:
    if server.token:
        token = server.token()
        try:
            show_token(session, server.user, token)
        except smtplib.SMTPAuthenticationError:  # it may have ended before its time: once more with a new one
            show_token(session, server.user, server.token(instead_of=token))
    elif server.user:
        session.login(server.user, server.password)


def show_token(session: smtplib.SMTP, user: str, token: str) -> None:
    words = f"user={user}\x01auth=Bearer {token}\x01\x01"
    # After a refusal the server sends a challenge with its reasons, which wants an empty answer.
    session.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "")


class PinnedSMTP(smtplib.SMTP):
    """Connects to the address that was checked, while the certificate must be the host's. Every word of the server's is
    waited for `step` seconds, but not beyond `until`."""

    def __init__(self, host: str, port: int, address: str, until: float) -> None:
        self.address, self.step, self.until = address, TIMEOUT, until
        super().__init__(host, port, local_hostname=DNS_NAME.get_fqdn())

    @property
    def patience(self) -> float:
        return min(self.step, max(LEAST, self.until - monotonic()))

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((self.address, port), self.patience)

    def send(self, s: bytes | str) -> None:
        if self.sock:
            self.sock.settimeout(self.patience)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock:
            self.sock.settimeout(self.patience)
        return super().getreply()


class PinnedSSL(PinnedSMTP):
    """The same where the server speaks TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def try_sending(inbox: Inbox) -> str:
    """Reach each server of the inbox and log in, sending nothing; says so in a sentence.

    Works on an inbox that is not saved yet. Raises Invalid with the reason, `field` naming the option at fault.
    """
    if dns_name(inbox) and inbox.secrets.get("dkim_key"):
        dns_record(inbox.secrets["dkim_key"])
    servers = servers_of(inbox)
    for server in servers:
        try_server(server, inbox)
    names = ", ".join(str(server) for server in servers)
    return _("Sending works: %(servers)s answered.") % {"servers": names}


def try_server(server: Server, inbox: Inbox) -> None:
    try:
        session = open_session(server)
        session.noop()
        session.quit()
    except SERVER_AWAY as error:
        reason = without_secrets(f"{server}: {words_of(error)}", inbox)
        raise Invalid(reason, field=f"{server.prefix}_host") from error


def words_of(error: Exception) -> str:
    """The other server's answer, or what kept us from reaching it, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {as_text(error.smtp_error)}"[:500]
    if isinstance(error, (Refused, Unreachable, Trouble)):
        return str(error)[:500]
    if isinstance(error, TimeoutError):
        return _("no answer in time")
    return f"{type(error).__name__}: {error}"[:500]


def as_text(answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(words.split())
