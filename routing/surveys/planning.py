"""Which policy says how a closed ticket's customer is asked."""

from datetime import timedelta
from hashlib import sha256

from helpdesk.events.models import Event
from helpdesk.tickets.asking_surveys import Plan
from helpdesk.tickets.models import Ticket
from routing.models import SurveyPolicy
from routing.service.care import is_left_to_people


def plan_for(ticket: Ticket, close_event: Event) -> Plan | None:
    """What settings.SURVEY_PLANNER promises: None where the customer is not to be asked."""
    policy = policy_of(ticket)
    if policy is None:
        return Plan()
    if not policy.asks or (close_event.actor_kind != "agent" and not policy.asks_closed_alone):
        return None
    if not policy.asks_sensitive and is_left_to_people(ticket):
        return None
    if not is_in_sample(close_event.pk, policy.sample_percent):
        return None
    return Plan(
        wait=timedelta(minutes=policy.wait_minutes),
        rest=timedelta(days=policy.rest_days),
        style=policy.style,
        questions=policy.questions,
        policy_id=policy.pk,
    )


def policy_of(ticket: Ticket) -> SurveyPolicy | None:
    """The first in order that is on and fits."""
    active = SurveyPolicy.objects.filter(is_active=True).prefetch_related("departments")
    return next((policy for policy in active if fits(policy, ticket)), None)


def fits(policy: SurveyPolicy, ticket: Ticket) -> bool:
    departments = {department.pk for department in policy.departments.all()}
    if departments and ticket.department_id not in departments:
        return False
    return not policy.channels or ticket.channel in policy.channels


def is_in_sample(close_event_id: int, percent: int) -> bool:
    """By the closing's number, so that one told twice is drawn once: the first eight bytes of a SHA-256 as a fraction."""
    drawn = int.from_bytes(sha256(f"survey:{close_event_id}".encode()).digest()[:8], "big") / 2**64
    return drawn * 100 < percent
