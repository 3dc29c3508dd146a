"""Why a mail server could not be read, as the states an inbox shows."""

import imaplib
import re
import ssl

from imap_tools.errors import ImapToolsError

from helpdesk.connectors.email.imap.account import CONTROL, NotConfigured
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.inboxes.models import Inbox
from helpdesk.outgoing import Refused, Unreachable

State = ImapFolder.State
LONGEST_WORDS = 300
# Response codes of RFC 5530 and words of large providers that say "later", not "no".
FOR_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\b|temporar|too many|try again", re.I)


class Trouble(Exception):
    """The server can't be read now: the state that the folder shows, and the words for it."""

    def __init__(self, state: str, words: str) -> None:
        super().__init__(words)
        self.state = state


EXPECTED = (
    Trouble,
    NotConfigured,
    Refused,
    Unreachable,
    OSError,
    EOFError,
    imaplib.IMAP4.error,
    ImapToolsError,
)


def as_trouble(error: Exception) -> Trouble:
    """Any of EXPECTED as Trouble."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error, NotConfigured):
        return Trouble(State.BROKEN, str(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        return Trouble(State.AWAY, f"Its certificate is not trusted: {error.verify_message}")
    if isinstance(error, OSError):
        return Trouble(State.AWAY, error.strerror or str(error) or type(error).__name__)
    if isinstance(error, (Refused, Unreachable, EOFError, imaplib.IMAP4.abort)):
        return Trouble(State.AWAY, str(error) or "The connection was closed.")
    return Trouble(State.BROKEN, said_by(error))


def said_by(error: Exception) -> str:
    """The server's own words in an error of either library."""
    result = getattr(error, "command_result", None)
    if not result:
        return str(error)
    return " ".join(part.decode("utf-8", "replace") for part in result[1] if isinstance(part, bytes))


def without_secrets(words: str, inbox: Inbox) -> str:
    """Fit to be stored and shown: one line, and nothing in it that the inbox keeps secret."""
    for secret in inbox.secrets.values():
        if isinstance(secret, str) and secret:
            words = words.replace(secret, "•••")
    return " ".join(CONTROL.sub(" ", words).split())[:LONGEST_WORDS]
