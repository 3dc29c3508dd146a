"""What stands below an answer: the signature, and the mail that is answered."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from helpdesk.tickets.models import Message

LONGEST_QUOTE = 100  # lines of the mail that is answered


def answered_message(message: Message) -> Message | None:
    """The customer's last message before this one; None for a mail of the machine: whoever forged the sender would have
    us bring their words to anybody."""
    if message.is_automatic:
        return None
    asked = message.ticket.messages.filter(kind=Message.Kind.INCOMING, pk__lt=message.pk)
    return asked.order_by("-created_at", "-id").first()


def signature_of(message: Message) -> str:
    """The agent's; of one who has none, their department's."""
    if message.user is None or message.is_automatic:
        return ""
    if own := message.user.signature.strip():
        return own
    department = message.ticket.department
    return department.signature.strip() if department else ""


def quote_line(answered: Message) -> str:
    moment = formats.date_format(timezone.localtime(answered.created_at), "DATETIME_FORMAT")
    return _("On %(date)s, %(name)s wrote:") % {"date": moment, "name": answered.author_name}


def quoted_lines(answered: Message) -> list[str]:
    """The beginning of what the customer wrote; a line that says so where it was longer."""
    lines = answered.text.splitlines()
    return lines if len(lines) <= LONGEST_QUOTE else [*lines[:LONGEST_QUOTE], "…"]


def quoted_text(answered: Message) -> str:
    """As mail programs quote: `> ` before each line, and `>>` where the customer quoted already."""
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}" for line in quoted_lines(answered))
