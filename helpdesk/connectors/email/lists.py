"""Mail of lists: a support address that is a group, a colleague's forward through a list, a newsletter nobody asked for.

The rule, in words: what is addressed to one of our inboxes (To or Cc), or answers a mail of ours, becomes a ticket however
many list headers it carries, because many firms run their support address as a group and many forms add List-Unsubscribe.
Set aside is only what declares itself bulk, and what a list sent round without naming us.
"""

from helpdesk.connectors.email.parsing.message import ParsedEmail
from helpdesk.connectors.email.recipients import Recipient, find_recipient
from helpdesk.tickets.models import Message


def list_refusal(mail: ParsedEmail, recipient: Recipient) -> str:
    """Why this mail of a list opens no ticket; '' when it does."""
    if recipient.is_signed or answers_us(mail):
        return ""
    precedence = mail.auto_headers.get("precedence", "").strip().lower()
    if precedence in ("bulk", "junk"):
        return f"Newsletter: Precedence is {precedence}."
    if any(find_recipient(box.addr) for box in (*mail.to, *mail.cc)[:50]):
        return ""
    return f"Sent round by a list, not to us: {mail.kind_reason}."


def answers_us(mail: ParsedEmail) -> bool:
    ids = [*mail.in_reply_to, *mail.references][-50:]
    return bool(ids) and Message.objects.filter(external_id__in=ids).exists()
