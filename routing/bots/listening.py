"""What sets a bot's conversation forward, or ends it."""

from helpdesk.events import names
from helpdesk.events.models import Event
from routing.at_hand import read_stamp
from routing.bots.running import Reason, end_for, hear

TAKES = {names.TICKET_ASSIGNED, names.MESSAGE_REPLIED, names.CALL_LOGGED}
ENDS = {names.TICKET_CLOSED, names.TICKET_MARKED_SPAM, names.TICKET_TRASHED, names.TICKET_MERGED}
HEARD = {names.MESSAGE_RECEIVED} | TAKES | ENDS


def facts_that_matter() -> set[str]:
    return HEARD if read_stamp().has_bots else set()


def follow(event: Event) -> None:
    """An answer of the customer's is heard; where somebody of the team has the ticket, or nobody works on it, the bot goes."""
    if event.name == names.MESSAGE_RECEIVED:
        hear(event.ticket_id)
    elif event.name in ENDS:
        end_for(event.ticket_id, Reason.OVER)
    elif event.name != names.TICKET_ASSIGNED or event.data.get("to"):
        end_for(event.ticket_id, Reason.TAKEN)
