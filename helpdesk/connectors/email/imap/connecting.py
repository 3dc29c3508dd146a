"""Connections to mail servers: only to public addresses, certificates checked, logged in by password or XOAUTH2."""

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox
from imap_tools.errors import MailboxLoginError

from helpdesk.connectors.email.imap.account import SSL, STARTTLS, Account, NotConfigured, account_of
from helpdesk.connectors.email.imap.oauth import access_token
from helpdesk.connectors.email.imap.trouble import (
    EXPECTED,
    FOR_NOW,
    State,
    Trouble,
    as_trouble,
    said_by,
    without_secrets,
)
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.outgoing import public_address

PATIENCE = 60.0  # seconds without a byte before a connection counts as dead
PATIENCE_OF_A_PERSON = 15.0


class Client(imaplib.IMAP4):
    """imaplib's client, connected to the very address that was checked while TLS still asks for the host's name."""

    def __init__(self, account: Account, timeout: float) -> None:
        self.tls = ssl.create_default_context() if account.security == SSL else None
        super().__init__(account.host, account.port, timeout)
        if account.security == STARTTLS:
            self.starttls(ssl.create_default_context())

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((public_address(self.host, self.port), self.port), timeout)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return self.tls.wrap_socket(plain, server_hostname=self.host) if self.tls else plain

    def read(self, size: int) -> bytes:
        """A literal of `size` bytes: refused when it is larger than any that we ask for, as all of it comes into memory."""
        if size > settings.MAIL_MAX_BYTES + 2**20:
            raise self.abort(f"The server sends {size} bytes at once.")
        return super().read(size)


class Mailbox(BaseMailBox):
    def __init__(self, account: Account, timeout: float) -> None:
        self.account, self.timeout = account, timeout
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return Client(self.account, self.timeout)

    @property
    def can_push(self) -> bool:
        return "IDLE" in self.client.capabilities

    def close(self) -> None:
        """Say goodbye where somebody still listens."""
        with suppress(Exception):
            self.client.sock.settimeout(2)
            self.client.logout()
        with suppress(Exception):
            self.client.shutdown()


@contextmanager
def connected(inbox: Inbox, *, timeout: float = PATIENCE) -> Iterator[Mailbox]:
    """A logged-in connection, no folder chosen yet. Raises one of EXPECTED."""
    account = account_of(inbox)
    mailbox = Mailbox(account, timeout)
    try:
        log_in(mailbox, inbox)
        yield mailbox
    finally:
        mailbox.close()


def log_in(mailbox: Mailbox, inbox: Inbox) -> None:
    if mailbox.account.uses_oauth:
        log_in_by_token(mailbox, inbox)
    else:
        log_in_by_password(mailbox, inbox)
    mailbox.client._get_capabilities()  # many servers tell only now what they can do


def log_in_by_password(mailbox: Mailbox, inbox: Inbox) -> None:
    user, password = mailbox.account.user, str(inbox.secrets.get("imap_password") or "")
    if not password:
        raise Trouble(State.REFUSED, "There is no password.")
    is_plain = f"{user}{password}".isascii() and "LOGINDISABLED" not in mailbox.client.capabilities
    try:
        login = mailbox.login if is_plain else mailbox.login_utf8
        login(user, password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        raise refusal(said_by(error), State.REFUSED) from None


def log_in_by_token(mailbox: Mailbox, inbox: Inbox) -> None:
    """With the kept token; where the server won't have it, once more with a new one."""
    token = access_token(inbox)
    try:
        xoauth2(mailbox, token)
    except Trouble as trouble:
        if trouble.state != State.EXPIRED:
            raise
        xoauth2(mailbox, access_token(inbox, instead_of=token))


def xoauth2(mailbox: Mailbox, token: str) -> None:
    """The answer to the first challenge is the token; a second one is the reason of a refusal and wants an empty answer."""
    answers = iter([f"user={mailbox.account.user}\1auth=Bearer {token}\1\1".encode()])
    try:
        mailbox.client.authenticate("XOAUTH2", lambda challenge: next(answers, b""))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise refusal(str(error), State.EXPIRED) from None


def refusal(words: str, state: str) -> Trouble:
    return Trouble(State.AWAY if FOR_NOW.search(words) else state, words)


def try_connection(inbox: Inbox) -> str:
    """Log in and look into every folder, changing nothing; a sentence of what was found. Raises Invalid with the reason."""
    try:
        return _("Connected: %(found)s.") % {"found": what_is_there(inbox)}
    except NotConfigured as error:
        raise Invalid(_("IMAP is not set up: %(reason)s") % {"reason": error}, field="imap_host") from error
    except EXPECTED as error:
        trouble = as_trouble(error)
        words = without_secrets(str(trouble), inbox)
        sentence = _("%(state)s: %(reason)s") % {"state": State(trouble.state).label, "reason": words}
        raise Invalid(sentence[:1].upper() + sentence[1:], field=FIELDS[trouble.state]) from None


FIELDS = {
    State.AWAY: "imap_host",
    State.REFUSED: "imap_user",
    State.EXPIRED: "auth",
    State.BROKEN: "imap_folder",
}


def what_is_there(inbox: Inbox) -> str:
    with connected(inbox, timeout=PATIENCE_OF_A_PERSON) as mailbox:
        counts = {}
        for folder in mailbox.account.folders:
            mailbox.folder.set(folder, readonly=True)
            counts[folder] = int(mailbox.client.untagged_responses["EXISTS"][-1])
        found = ", ".join(
            _("%(folder)s has %(count)s mails") % {"folder": name, "count": count}
            for name, count in counts.items()
        )
        pushed = (
            _("the server tells of new mail at once") if mailbox.can_push else _("it is asked every 30 s")
        )
        return f"{found}; {pushed}"
