"""A mail that somebody handed on: who wrote it first, and what the one who forwards says above it.

Two ways exist. The whole mail hangs on as a message/rfc822 part, or its header stands as text above its words, written
by each mail program in the sender's language.
"""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.connectors.email.message import Address, Attachment, ParsedEmail, ParseError
from helpdesk.connectors.email.parse import parse_email


@dataclass(frozen=True)
class Forwarded:
    """The mail inside a forward.

    sender     its From; the address is never empty, the name may be
    date       aware UTC, None when not told or not readable (programs write it in words)
    to, cc     as far as told; names without addresses are left out
    text, html what it said; html is safe to show and '' where there is none
    note       what the forwarder wrote above it, '' for nothing
    attachments, message_id  only of a mail that hangs on whole; of an inline one the files are those of the outer mail
    """

    sender: Address
    date: datetime | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    note: str = ""
    message_id: str = ""
    attachments: tuple[Attachment, ...] = ()
    is_attached: bool = False


def read_forwarded(mail: ParsedEmail) -> Forwarded | None:
    """The mail that `mail` forwards; None when it is not clearly a forward. Never raises."""
    if mail.kind not in ("human", "list"):
        return None
    return _attached(mail)


def _attached(mail: ParsedEmail) -> Forwarded | None:
    """The one mail that hangs on whole; two or more are a collection of evidence, no forward."""
    inside = [one for one in mail.attachments if one.content_type in {"message/rfc822", "message/global"}]
    if len(inside) != 1:
        return None
    try:
        inner = parse_email(inside[0].content)
    except ParseError:
        return None
    if not inner.sender.addr:
        return None
    return Forwarded(
        sender=inner.sender,
        date=inner.date,
        to=inner.to,
        cc=inner.cc,
        subject=inner.subject,
        text=inner.text,
        html=inner.html,
        note=mail.new_text,
        message_id=inner.message_id,
        attachments=inner.attachments,
        is_attached=True,
    )
