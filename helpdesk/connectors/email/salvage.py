"""What can still be told of a mail that can't be read: from whom it seems to be, and its subject.

Plain searches in the first bytes, on purpose: what broke the real parser must not break this.
"""

import re

from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.connectors.email.parsing.headers import one_line
from helpdesk.connectors.email.reading import EMAIL, NOBODY
from helpdesk.connectors.email.recipients import find_recipient
from helpdesk.inboxes.contract import Salvage, Sender
from helpdesk.inboxes.models import RawMessage

SEARCHED = 64 * 1024  # bytes; whoever hides the header behind more is an unknown sender
LONGEST_VALUE = 1_000
PLAIN = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
BRACKETED, BARE = re.compile(rf"<\s*({PLAIN})\s*>"), re.compile(f"({PLAIN})")


def salvage_mail(raw: RawMessage) -> Salvage:
    """From and Subject as its header seems to say; else the envelope's sender; else an unknown one, the inbox's own."""
    head = bytes(raw.body[:SEARCHED])
    subject = one_line(field(head, "subject"))[:200]
    recipient = find_recipient(raw.recipient) if "+" in raw.recipient else None
    return Salvage(
        sender=sender_in(head, raw),
        subject=subject,
        file_name=f"{subject or 'mail'}.eml",
        content_type="message/rfc822",
        ticket_id=recipient.ticket_id if recipient else None,
    )


def sender_in(head: bytes, raw: RawMessage) -> Sender:
    value = field(head, "from")
    for text in (value, field(head, "reply-to"), field(head, "sender"), raw.sender):
        if found := BRACKETED.search(text) or BARE.search(text):
            name = one_line(value[: found.start()]) if text is value else ""
            return Sender(EMAIL, found[1][:254], name=name.strip(" \"'<(")[:120])
    with translation.override(raw.inbox.language):
        return Sender(EMAIL, f"unreadable-{raw.inbox_id}@{NOBODY}", name=_("Unknown sender"))


def field(head: bytes, name: str) -> str:
    """The first value of a header field, unfolded; '' where there is none."""
    found = re.search(
        rb"^%s[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)" % re.escape(name.encode()), head, re.IGNORECASE | re.MULTILINE
    )
    return found[1][:LONGEST_VALUE].decode("utf-8", "replace").replace("\x00", "").strip() if found else ""
