"""What the demo shop promises, and who is next there. Filling twice changes nothing."""

from datetime import datetime, timedelta

from helpdesk import clock
from helpdesk.conditions import cases_of
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from routing.models import EscalationPath, ServicePolicy
from routing.service.care import mark_by_rules
from routing.service.paths import save_path
from routing.service.policies import save_policy
from routing.service.priority import formula, set_priority
from routing.service.promises import keep_promises

MINUTE, HOUR = 60, 3600
LATELY = timedelta(days=14)  # so long the shop has promised this


def fill_service() -> None:
    """Two promises that are kept for what is open now, one path of escalation, and the formula of priority."""
    if ServicePolicy.objects.exists():
        return
    since = clock.now() - LATELY
    for policy in (chats(), everybody()):
        policy.counts_from = since
        save_policy(policy)
    save_path(waiting())
    points = formula()
    points.is_active = True
    points.save()
    mark_open(since)
    for ticket_id in Ticket.objects.unfinished().filter(queued_at__gte=since).values_list("pk", flat=True):
        set_priority(ticket_id)
        keep_promises(ticket_id)


def mark_open(since: datetime) -> None:
    """By what their customers wrote first."""
    begun = Event.objects.filter(name=names.TICKET_CREATED, occurred_at__gte=since)
    for case in cases_of(begun.filter(ticket__in=Ticket.objects.unfinished())):
        mark_by_rules(case)


def chats() -> ServicePolicy:
    lines = [{"field": "channel", "op": "is", "value": ["webchat", "telegram"]}]
    return ServicePolicy(
        name="Chats",
        conditions={"match": "all", "lines": lines},
        targets={
            "4": {"first": 5 * MINUTE, "next": 15 * MINUTE},
            "3": {"first": 10 * MINUTE, "next": 30 * MINUTE},
            "2": {"first": 15 * MINUTE, "next": HOUR, "resolution": 24 * HOUR},
        },
        pauses=["pending", "on_hold"],
    )


def everybody() -> ServicePolicy:
    return ServicePolicy(
        name="Everybody",
        targets={
            "4": {"first": HOUR, "next": 2 * HOUR, "resolution": 9 * HOUR},
            "3": {"first": 4 * HOUR, "next": 4 * HOUR, "resolution": 18 * HOUR},
            "2": {"first": 9 * HOUR, "next": 9 * HOUR, "resolution": 45 * HOUR},
        },
        pauses=["pending"],
    )


def waiting() -> EscalationPath:
    return EscalationPath(
        name="Somebody waits",
        steps=[
            {"after": 2 * HOUR, "to": "assignee", "does": "tell"},
            {"after": 4 * HOUR, "to": "leads", "does": "tell"},
            {"after": 9 * HOUR, "to": "admins", "does": "pile"},
        ],
        counts_from=clock.now(),
    )
