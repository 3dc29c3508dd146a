"""What an inbox's options say about its mail server, read once and checked."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from helpdesk.inboxes.models import Inbox

SSL, STARTTLS, NONE = "ssl", "starttls", "none"
KEEP, SEEN, MOVE = "keep", "seen", "move"
PORTS = {SSL: 993, STARTTLS: 143, NONE: 143}
EVERYTHING = "all"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # a line break would begin a command of its own


class NotConfigured(ValueError):
    """The options name no mail server that could be asked."""


@dataclass(frozen=True)
class Account:
    """One login on one mail server, and what is to be done there."""

    host: str
    port: int
    security: str  # SSL, STARTTLS or NONE
    user: str
    folders: tuple[str, ...]
    after: str  # KEEP, SEEN or MOVE: what happens on the server to a mail that is stored
    move_to: str
    since: str  # "": from the first connection on; EVERYTHING; or an ISO date
    uses_oauth: bool

    @property
    def name(self) -> str:
        """Tells one mailbox from another: UIDs of one mean nothing in the other."""
        return f"{self.user}@{self.host}:{self.port}"[:400]

    @property
    def changes_the_server(self) -> bool:
        return self.after == SEEN or (self.after == MOVE and bool(self.move_to))


def is_on(inbox: Inbox) -> bool:
    return bool(inbox.kind == Inbox.Kind.EMAIL and inbox.is_active and inbox.options.get("imap_is_on"))


def account_of(inbox: Inbox) -> Account:
    """The inbox's account. Raises NotConfigured, with the reason."""
    options = inbox.options
    account = Account(
        host=text_of(inbox, "imap_host"),
        port=port_of(inbox),
        security=options.get("imap_security") or SSL,
        user=text_of(inbox, "imap_user") or inbox.address,
        folders=folders_in(text_of(inbox, "imap_folder")),
        after=options.get("imap_after") or KEEP,
        move_to=text_of(inbox, "imap_move_to"),
        since=text_of(inbox, "imap_since"),
        uses_oauth=options.get("auth") == "oauth",
    )
    if not account.host:
        raise NotConfigured("No mail server is named.")
    if account.since not in ("", EVERYTHING) and start_of(account.since) is None:
        raise NotConfigured(f"{account.since} is no date.")
    if account.security not in PORTS:
        raise NotConfigured(f"The security {account.security!r} is unknown.")
    return account


def text_of(inbox: Inbox, name: str) -> str:
    value = str(inbox.options.get(name) or "").strip()
    if CONTROL.search(value):
        raise NotConfigured(f"{name} holds control characters.")
    return value


def port_of(inbox: Inbox) -> int:
    try:
        port = int(
            inbox.options.get("imap_port") or PORTS.get(inbox.options.get("imap_security") or SSL, 993)
        )
    except (TypeError, ValueError):
        raise NotConfigured("The port is no number.") from None
    if not 0 < port < 65536:
        raise NotConfigured(f"There is no port {port}.")
    return port


def folders_in(text: str) -> tuple[str, ...]:
    """The names between commas, each once; INBOX where there is none."""
    names = [name.strip() for name in text.split(",")]
    return tuple(dict.fromkeys(name[:200] for name in names if name)) or ("INBOX",)


def start_of(since: str) -> datetime | None:
    """The moment of the option `imap_since`: midnight UTC of its date; None for "" and "all", and for no date at all."""
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC)
    except ValueError:
        return None


def fingerprint(inbox: Inbox) -> str:
    """Changes whenever a connection has to be made anew; an access token that was renewed is no such change."""
    options = {
        name: value
        for name, value in inbox.options.items()
        if name.startswith("imap_") or name in {"auth", "oauth_client_id", "oauth_token_url", "oauth_scope"}
    }
    kept = ("imap_password", "oauth_client_secret", "oauth_refresh_token")
    secrets = {name: inbox.secrets.get(name) for name in kept}
    told = json.dumps([inbox.address, options, secrets], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()
