"""What triggers can listen to: names of the ledger, said as the end of "When ..."."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.events import names
from helpdesk.events.models import Event

MOMENTS: dict[str, str | Promise] = {
    names.TICKET_CREATED: _("a new ticket comes in"),
    names.MESSAGE_RECEIVED: _("a customer writes"),
    names.MESSAGE_REPLIED: _("a teammate answers"),
    names.TICKET_ASSIGNED: _("a ticket is assigned"),
    names.TICKET_TRANSFERRED: _("a ticket changes department"),
    names.TICKET_PRIORITISED: _("a priority changes"),
    names.TICKET_TAGGED: _("a tag is added"),
    names.TICKET_CLOSED: _("a ticket is closed"),
    names.TICKET_REOPENED: _("a ticket is reopened"),
    names.SURVEY_RATED: _("a customer rates"),
}


def is_heard(event: Event) -> bool:
    """Does any trigger listen? Never to what a trigger did or what is only told again of a
    ticket that was split, and a ticket that the team begins has not come in."""
    if event.name not in MOMENTS or event.actor_kind == "trigger" or event.ticket_id is None:
        return False
    if event.data.get("again"):
        return False
    return event.name != names.TICKET_CREATED or event.data.get("started_by") != "agent"
