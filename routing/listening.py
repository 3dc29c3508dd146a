"""The one listener of routing: a case is built once for an event, and all who have to do with it are asked in this order.

Marks and priority come first, for the rules ask about them; then where the ticket goes, what its customer is promised, what
triggers do, what a bot makes of it, and who gets it.
"""

import logging
from collections.abc import Callable

from helpdesk.conditions import Case, case_of
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.events.telling import hears
from routing.assignment import listening as assignment
from routing.at_hand import one_stamp
from routing.bots import listening as bots
from routing.service import listening as service
from routing.triggers import listening as triggers

log = logging.getLogger(__name__)
HEARD = service.ALL_HEARD | set(triggers.MOMENTS) | bots.HEARD | assignment.BRINGS | assignment.FREES


def facts_that_matter() -> set[str]:
    """Those that somebody listens to now."""
    with one_stamp():
        return service.care.HEARD | facts_beside_marks()


def facts_beside_marks() -> set[str]:
    return (
        service.facts_that_matter()
        | triggers.moments_listened_to()
        | bots.facts_that_matter()
        | assignment.facts_that_route()
        | assignment.facts_that_assign()
    )


@hears(*HEARD, now=facts_that_matter, within=one_stamp)
def on_event(event: Event) -> None:
    """Listener. Where one part fails the others are asked all the same, and then it is told again: each does a thing once."""
    with one_stamp():
        if is_marked_by_its_message(event):
            return
        failed: list[Exception] = []
        case = case_of(event) if event.ticket_id else None
        if case:
            case = changed_by(service.mark_and_prioritise, case, failed)
        if case:
            case = changed_by(assignment.route_new, case, failed)
        if case:
            attempt(lambda: service.keep_up(case), event, failed)
        attempt(lambda: triggers.fire_fitting(case or case_beside(event)), event, failed)
        if event.name in bots.facts_that_matter():
            attempt(lambda: bots.follow(event), event, failed)
        if event.name in assignment.facts_that_assign():
            attempt(lambda: assignment.assign_after(event), event, failed)
    if failed:
        raise failed[0]


def is_marked_by_its_message(event: Event) -> bool:
    """What a customer begins comes together with their message: where nothing but the marks listens to the beginning, reading
    it once is enough."""
    is_theirs = event.name == names.TICKET_CREATED and event.actor_kind == "customer"
    return is_theirs and event.name not in facts_beside_marks()


def changed_by(hook: Callable[[Case], bool], case: Case, failed: list[Exception]) -> Case | None:
    """The case as the hook left it."""
    changed: list[bool] = []
    attempt(lambda: changed.append(hook(case)), case.event, failed)
    return case_of(case.event) if changed != [False] else case


def attempt(do: Callable[[], object], event: Event, failed: list[Exception]) -> None:
    try:
        do()
    except Exception as fault:
        log.exception("a part of routing failed on %s", event)
        failed.append(fault)


def case_beside(event: Event) -> Case | None:
    """Of what a customer did beside any ticket."""
    return case_of(fitting) if (fitting := triggers.with_ticket(event)).ticket_id else None
