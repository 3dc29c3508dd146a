"""Why a message stands on its ticket, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.tickets import finding
from helpdesk.tickets.models import Message
from helpdesk.tickets.unreadable import REPLAY

REASONS: dict[str, str | Promise] = {
    finding.ADDRESS: _("Joined by its reply address"),
    finding.REFERENCE: _("Joined by References"),
    finding.SUBJECT: _("Joined by the number in the subject"),
    finding.CONVERSATION: _("Went on in the last conversation"),
    finding.API: _("Put here by the API"),
    REPLAY: _("Read at last: it could not be read when it came in"),
    finding.NEW: _("New: it names no earlier conversation"),
    finding.NEW_OVER: _("New: the conversation it answers was closed long ago"),
    finding.NEW_SUBJECT: _("New: another subject, after the conversation was closed"),
    finding.NEW_STRANGER: _("New: it quotes a conversation that the sender is not on"),
}


def reason_of(message: Message) -> str | Promise:
    """ "" where there is nothing to say."""
    return REASONS.get(message.thread_reason, "")
