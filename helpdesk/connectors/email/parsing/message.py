"""What a mail is once it has been read: plain frozen facts, no protocol left in them."""

from dataclasses import dataclass, field
from datetime import datetime
from mimetypes import guess_extension
from typing import Literal

from helpdesk.connectors.email.parsing.addresses import Address
from helpdesk.connectors.email.parsing.language import detect_language
from helpdesk.connectors.email.parsing.mime import ParseError

__all__ = ["Address", "Attachment", "Kind", "ParseError", "ParsedEmail"]

NAMES = {
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "encrypted.asc",
    "application/pgp-keys": "key.asc",
    "application/ms-tnef": "winmail.dat",
    "application/octet-stream": "file.bin",
    "image/jpeg": "picture.jpg",
    "image/png": "picture.png",
    "image/gif": "picture.gif",
    "text/plain": "text.txt",
    "text/html": "page.html",
}  # of files that came without a name

Kind = Literal["human", "bounce", "delay", "auto_reply", "feedback", "list"]


@dataclass(frozen=True)
class Attachment:
    """A file of the mail. `name` is as the sender wrote it ('' when not named), `shown_name` never empty: run
    safe_file_name() over either before storing."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False

    @property
    def shown_name(self) -> str:
        """The sender's name, or one that says what it is and opens with the right program."""
        return self.name or NAMES.get(self.content_type) or f"file{guess_extension(self.content_type) or ''}"


@dataclass(frozen=True)
class ParsedEmail:
    """One mail. Text is NFC-safe for PostgreSQL (no NUL, no lone surrogate); times are aware UTC; ids have no angle brackets.

    html      cleaned by clean_html(): safe to show; html_source is what the sender wrote and is never shown
    new_text  the text without quoted history and signature
    kind      who speaks: a human, or which sort of machine
    failed_recipients  of a bounce or delay, the addresses that could not be reached, lower case
    delivered_recipients  of a delivery report, the addresses that it reached, lower case
    original_message_id  of a bounce, the Message-ID of the mail that failed, '' when not told
    is_text_ours  the text stands for what can't be shown, and its language is not the sender's
    """

    subject: str = ""
    from_: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    html_source: str = field(default="", repr=False)
    new_text: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    kind: Kind = "human"
    kind_reason: str = ""
    failed_recipients: tuple[str, ...] = ()
    failure_reason: str = ""
    delivered_recipients: tuple[str, ...] = ()
    original_message_id: str = ""
    auto_headers: dict[str, str] = field(default_factory=dict)
    size: int = 0
    is_text_ours: bool = False

    @property
    def language(self) -> str:
        """ISO 639-1 code of the new text's language ('zh' for every Chinese), '' when unsure. Found when it is asked for:
        machine mail never needs it."""
        return detect_language("" if self.is_text_ours else self.new_text or self.text, self.subject)

    @property
    def sender(self) -> Address:
        """Who wrote it, as far as the mail says; both fields may be empty."""
        for mailbox in (*self.from_, *self.reply_to):
            if mailbox.addr:
                return mailbox
        return self.from_[0] if self.from_ else Address("", "")
