"""Priority by a formula that everybody can read: points for what presses, for how much it matters and for how big the customer
is, and a priority by their sum. A priority that a person or a trigger has set is never touched.

points = Σ weight × share, with the share of each input between 0 and 1, as READERS says; the sum is held to 0..100.
From URGENT and HIGH points on it is urgent and high; below it is normal: low is a word of people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.conditions import Case, case_of_ticket, compile_group, find_field
from helpdesk.conditions.reading import plain_number
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.sweeping import count_each
from helpdesk.tickets.actions import prioritise_ticket
from helpdesk.tickets.models import Ticket
from routing.models import PriorityFormula, PriorityReading
from routing.service.care import marks_for_people
from routing.service.whole import lock_whole

Level = Ticket.Priority
URGENT, HIGH = 60, 35
WAITS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))  # a third of the weight each
NEAR = timedelta(hours=1)
HEARD = {
    *(names.TICKET_CREATED, names.TICKET_QUEUED, names.MESSAGE_RECEIVED, names.MESSAGE_REPLIED),
    *(names.TICKET_REOPENED, names.TICKET_MARKED, names.TICKET_UNMARKED, names.CONTACT_CHANGED),
    *(names.SLA_NEAR, names.SLA_MISSED, names.CONTACT_MERGED),
}
BY_HAND = ("agent", "trigger")
URGENT_WORDS = (
    "urgent, asap, emergency, immediately, cannot work, can't work, production down, outage,"
    " urgente, subito, emergenza, non funziona più, bloccati, urgență, imediat, nu mai funcționează, blocați,"
    " 紧急, 加急, 马上, 立刻, 无法使用, 瘫痪"
)


@dataclass(frozen=True)
class Input:
    """`weight`: its points where nobody has chosen others."""

    key: str
    label: str | Lazy
    weight: int
    share: Callable[[Case, PriorityFormula], tuple[float, Any]]  # how much of it, and the value as it was


def words_share(case: Case, formula: PriorityFormula) -> tuple[float, Any]:
    wanted = [{"field": "subject_or_first", "op": "contains_any", "value": formula.urgent_words}]
    held = bool(formula.urgent_words.strip()) and compile_group(wanted)(case)
    return float(held), None


def due_share(case: Case, formula: PriorityFormula) -> tuple[float, Any]:
    due = case.ticket.due_at
    if due is None:
        return 0.0, None
    left = due - clock.now()
    return (1.0 if left <= timedelta() else 0.5 if left <= NEAR else 0.0), due.isoformat()


def waiting_share(case: Case, formula: PriorityFormula) -> tuple[float, Any]:
    since = case.ticket.waiting_since
    if since is None:
        return 0.0, None
    return sum(clock.now() - since >= step for step in WAITS) / len(WAITS), since.isoformat()


def plan_share(case: Case, formula: PriorityFormula) -> tuple[float, Any]:
    plan = first_value(case, "person:plan")
    best = {each.strip().casefold() for each in formula.best_plans.split(",") if each.strip()}
    return float(str(plan or "").strip().casefold() in best), plan


def spend_share(case: Case, formula: PriorityFormula) -> tuple[float, Any]:
    return part_of(first_value(case, "person:spend"), formula.much_spent)


def size_share(case: Case, formula: PriorityFormula) -> tuple[float, Any]:
    return part_of(first_value(case, "company:size"), formula.big_company)


def sensitive_share(case: Case, formula: PriorityFormula) -> tuple[float, Any]:
    marks = sorted(marks_for_people().intersection(case.ticket.marks)) if case.ticket.marks else []
    return float(bool(marks)), marks


def part_of(value: Any, whole: int) -> tuple[float, Any]:
    """Half of the whole is half the points, and more than the whole no more than all of them. What is no number is none: the
    team may have made the field one of words or dates."""
    number = plain_number(str(value))
    if number is None or not whole:
        return 0.0, None
    return min(1.0, max(0.0, float(number) / whole)), float(number)


def first_value(case: Case, key: str) -> Any:
    field = find_field(key)
    value = case.read(field) if field else None
    if isinstance(value, list | tuple):
        return str(value[0]) if value else None
    return value


INPUTS = {
    each.key: each
    for each in (
        Input("words", _("Urgent words"), 30, words_share),
        Input("due", _("A promise that is due"), 25, due_share),
        Input("waiting", _("How long they wait"), 15, waiting_share),
        Input("sensitive", _("A sensitive matter"), 15, sensitive_share),
        Input("plan", _("An important plan"), 15, plan_share),
        Input("spend", _("What they have spent"), 15, spend_share),
        Input("size", _("The size of their company"), 15, size_share),
    )
}


def formula() -> PriorityFormula:
    """The one row, or as it is where nobody has changed it."""
    row = PriorityFormula.objects.filter(pk=PriorityFormula.ONLY).first()
    return row or PriorityFormula(
        pk=PriorityFormula.ONLY, urgent_words=URGENT_WORDS, best_plans="enterprise, business"
    )


def weight_of(key: str, chosen: PriorityFormula) -> int:
    return int(chosen.weights.get(key, INPUTS[key].weight))


@dataclass(frozen=True)
class Reckoned:
    """`parts`: (input, points, value as it was) of every input that has a weight."""

    points: int
    priority: int
    parts: list[tuple[str, int, Any]]


def reckon(case: Case, chosen: PriorityFormula) -> Reckoned:
    """What the formula comes to now."""
    parts = []
    for key, each in INPUTS.items():
        if weight := weight_of(key, chosen):
            share, value = each.share(case, chosen)
            parts.append((key, round(weight * share), value))
    points = min(100, sum(points for _key, points, _value in parts))
    return Reckoned(points, level_of(points), parts)


def level_of(points: int) -> int:
    if points >= URGENT:
        return Level.URGENT
    return Level.HIGH if points >= HIGH else Level.NORMAL


def next_change(ticket: Ticket) -> datetime | None:
    """When waiting will press more than now."""
    since, now = ticket.waiting_since, clock.now()
    return next((since + step for step in WAITS if since + step > now), None) if since else None


def set_priority(ticket_id: int) -> PriorityReading | None:
    """Reckon it, write down by what, and set the priority where nobody has chosen one. None where the formula is off, or the
    ticket needs none any more."""
    chosen = formula()
    if not chosen.is_active:
        return None
    with transaction.atomic():
        ticket = lock_whole(ticket_id)
        if ticket is None or not ticket.is_real or ticket.is_finished or ticket.merged_into_id:
            PriorityReading.objects.filter(ticket=ticket_id).update(look_at=None)
            return None
        found = reckon(case_of_ticket(ticket), chosen)
        row = PriorityReading(ticket=ticket, points=found.points, parts=found.parts, priority=found.priority)
        row.read_at, row.look_at = clock.now(), next_change(ticket)
        fields = ("points", "parts", "priority", "read_at", "look_at")
        PriorityReading.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["ticket"], update_fields=fields
        )
        if found.priority != ticket.priority and not is_by_hand(ticket):
            prioritise_ticket(ticket, priority=found.priority, by=SYSTEM)
    return row


def is_by_hand(ticket: Ticket) -> bool:
    """Whether a person or a rule of the team has chosen the priority that it has."""
    facts = Event.objects.filter(ticket=ticket.pk, name=names.TICKET_PRIORITISED)
    return facts.filter(actor_kind__in=BY_HAND).exists()


def prioritise_case(case: Case) -> bool:
    """Whether its priority is another now."""
    if case.event.name not in HEARD:
        return False
    set_priority(case.ticket.pk)
    return Ticket.objects.filter(pk=case.ticket.pk).exclude(priority=case.ticket.priority).exists()


def look_again() -> int:
    """Of those who wait longer than when they were last looked at; returns of how many it was reckoned anew."""
    due = PriorityReading.objects.filter(look_at__lte=clock.now()).order_by("look_at")
    return count_each(reckon_anew, due.values_list("ticket_id")[:500])


def reckon_anew(ticket_id: int) -> bool:
    if set_priority(ticket_id):
        return True
    PriorityReading.objects.filter(ticket=ticket_id).update(look_at=None)  # also where the formula is off
    return False
