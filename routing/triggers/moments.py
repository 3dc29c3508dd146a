"""What triggers can listen to: names of the ledger, said as the end of "When ..."."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.events import names
from helpdesk.events.models import Event

MOMENTS: dict[str, str | Promise] = {
    names.TICKET_CREATED: _("a new ticket comes in"),
    names.MESSAGE_RECEIVED: _("a customer writes"),
    names.MESSAGE_REPLIED: _("a teammate answers"),
    names.MESSAGE_NOTED: _("a teammate writes a note"),
    names.TICKET_ASSIGNED: _("a ticket is assigned"),
    names.TICKET_TRANSFERRED: _("a ticket changes department"),
    names.TICKET_PRIORITISED: _("a priority changes"),
    names.TICKET_STATUS_CHANGED: _("a status changes"),
    names.TICKET_TAGGED: _("a tag is added"),
    names.TICKET_SNOOZED: _("a ticket is snoozed"),
    names.TICKET_WOKEN: _("a ticket is back from being snoozed"),
    names.TICKET_CLOSED: _("a ticket is solved or closed"),
    names.TICKET_REOPENED: _("a ticket is reopened"),
    names.TICKET_ESCALATED: _("a ticket is escalated"),
    names.SURVEY_RATED: _("a customer rates"),
    names.SLA_NEAR: _("a promised time is near"),
    names.SLA_MISSED: _("a promised time is missed"),
    names.ARTICLE_VOTED: _("a customer with an open ticket votes on an article"),
    names.VISITOR_DID: _("a customer with an open ticket does something on your site"),
    names.MESSAGE_FAILED: _("an answer did not arrive"),
}


def is_heard(event: Event) -> bool:
    """Does any trigger listen? Never to what a trigger did or what is only told again of a
    ticket that was split, and a ticket that the team begins has not come in."""
    if event.name not in MOMENTS or event.actor_kind == "trigger":
        return False
    if event.ticket_id is None and event.name not in OF_CUSTOMERS:
        return False
    if event.data.get("again"):
        return False
    return event.name != names.TICKET_CREATED or event.data.get("started_by") != "agent"


# What customers do beside any ticket: it is a matter of the ticket of theirs that is open.
OF_CUSTOMERS = frozenset({names.ARTICLE_VOTED})
