"""What sets assignment going: a new ticket asks the rules; whatever brings something to do, or frees somebody, gives out."""

from helpdesk.conditions import Case
from helpdesk.events import names
from helpdesk.events.models import Event
from routing.assignment.engine import assign_waiting, automatic_departments
from routing.assignment.returning import return_reopened
from routing.assignment.rules import route_ticket, standing_rules
from routing.at_hand import AtHand

# Something waits in a department now ...
BRINGS = {
    names.TICKET_QUEUED,
    names.TICKET_TRANSFERRED,
    names.TICKET_REOPENED,
    names.TICKET_WOKEN,
    names.TICKET_UNMARKED_SPAM,
    names.TICKET_RESTORED,
    names.BOT_HANDED_OVER,
}
# ... or somebody may have room, or is there, who had not or was not before.
FREES = {
    names.TICKET_ASSIGNED,
    names.TICKET_CLOSED,
    names.TICKET_STATUS_CHANGED,
    names.TICKET_SNOOZED,
    names.TICKET_MARKED_SPAM,
    names.TICKET_TRASHED,
    names.TICKET_MERGED,
    names.MESSAGE_REPLIED,
    names.AGENT_CAME,
    names.AGENT_AVAILABILITY_CHANGED,
    names.AGENT_RECALLED,
    names.AGENT_RECALL_ENDED,
}


def asks_rules(event: Event) -> bool:
    """A customer began it: what the team begins is with whoever began it."""
    return event.name == names.TICKET_CREATED and event.data.get("started_by") == "customer"


def facts_that_route() -> set[str]:
    return {names.TICKET_CREATED} if standing_rules() else set()


def route_new(case: Case) -> bool:
    """The assignment rules, once for a new ticket; whether they were asked."""
    if not asks_rules(case.event) or not standing_rules():
        return False
    route_ticket(case)
    return True


GIVES_OUT = AtHand(lambda: automatic_departments().exists())


def facts_that_assign() -> set[str]:
    return BRINGS | FREES if GIVES_OUT.get() else set()


def assign_after(event: Event) -> None:
    """Give out what can be given after this."""
    if event.name == names.TICKET_ASSIGNED and event.data.get("from") is None:
        return  # nobody has become free by it
    if event.name == names.TICKET_REOPENED and event.actor_kind == "customer":
        return_reopened(event.ticket_id)
    is_of_one = event.name in BRINGS and event.department_id
    assign_waiting([event.department_id] if is_of_one else None)
