"""What a ticket's page tells of promises, priority, marks and escalation: read when it is opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.tickets.marks import name_of_mark
from helpdesk.tickets.models import Ticket
from routing.models import Escalation, EscalationPath, PriorityReading, Promise
from routing.service.care import marks_for_people
from routing.service.priority import BY_HAND, INPUTS
from routing.service.spans import write_span
from routing.service.targets import name_of_target

MOST = 8  # promises that are shown
State = Promise.State


@dataclass(frozen=True)
class Kept:
    """A promise in words; `due_at` where it runs."""

    what: str
    how: str
    tone: str
    due_at: datetime | None
    details: str


@dataclass(frozen=True)
class Part:
    label: str
    points: int
    value: str


@dataclass(frozen=True)
class Priority:
    """`by`: who set it, "" where the formula did; `parts` of what the formula came to last."""

    label: str
    by: str
    points: int
    formula_label: str
    parts: list[Part]
    without: str  # the inputs that gave nothing
    read_at: datetime


@dataclass(frozen=True)
class OnPath:
    """Where it is: `step` of `steps` were taken, next `who` at `next_at`."""

    path: str
    step: int
    steps: int
    who: str
    next_at: datetime | None
    since: datetime


def promises_of(ticket: Ticket) -> list[Kept]:
    """The open ones first, what is due soonest at the top; then the newest."""
    owed = Promise.objects.filter(ticket=ticket).exclude(state=State.DROPPED)
    found = owed.order_by(F("ended_at").desc(nulls_first=True), "-began_at", "-id")[:MOST]
    is_open = [one for one in found if one.ended_at is None]
    is_open.sort(key=lambda one: (one.due_at is None, one.due_at))
    return [kept(one) for one in (*is_open, *(one for one in found if one.ended_at))]


def kept(promise: Promise) -> Kept:
    is_open = promise.ended_at is None
    tone = "is-bad" if promise.missed_at else "is-ok" if promise.state == State.MET else ""
    state = str(State(promise.state).label)
    if is_open and promise.due_at:
        state = _("overdue") if promise.due_at <= clock.now() else _("due")
    counted = _("in business hours") if promise.in_hours else _("day and night")
    details = f"{write_span(promise.target)} {counted} · {promise.policy_name}"
    due = promise.due_at if is_open else None
    return Kept(promise.get_kind_display(), state, tone, due, details)


def priority_of(ticket: Ticket) -> Priority | None:
    """None where the formula has not been asked."""
    reading = PriorityReading.objects.filter(ticket=ticket).first()
    if reading is None:
        return None
    last = Event.objects.filter(ticket=ticket.pk, name=names.TICKET_PRIORITISED).order_by("-id").first()
    by_hand = last is not None and last.actor_kind in BY_HAND
    label = str(Ticket.Priority(reading.priority).label)
    parts = [
        Part(str(INPUTS[key].label), points, said(value))
        for key, points, value in reading.parts
        if key in INPUTS
    ]
    by = who_set(last) if by_hand else ""
    without = ", ".join(part.label.lower() for part in parts if not part.points)
    parts = [part for part in parts if part.points]
    return Priority(ticket.get_priority_display(), by, reading.points, label, parts, without, reading.read_at)


def who_set(event: Event) -> str:
    if event.actor_kind == "trigger":
        return _("The trigger “%(name)s”") % {"name": event.actor_name}
    return event.actor_name


def said(value: Any) -> str:
    """As it was: a moment, marks, a number or a word."""
    if isinstance(value, list):
        return ", ".join(map(name_of_mark, value))
    if isinstance(value, float):
        return f"{value:g}"
    moment = parse_datetime(value) if isinstance(value, str) and "T" in value else None
    if moment:
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
    return str(value) if value else ""


def path_of(ticket: Ticket) -> OnPath | None:
    running = Escalation.objects.filter(ticket=ticket, ended_at=None).first()
    if running is None:
        return None
    who = name_of_target(running.next_step["to"]) if running.next_step else ""
    return OnPath(running.path_name, running.done, len(running.steps), who, running.next_at, running.began_at)


def all_of(ticket: Ticket) -> dict[str, Any]:
    """What service/_ticket.html prints."""
    people = marks_for_people() if ticket.marks else set()
    return {
        "ticket": ticket,
        "promises": promises_of(ticket),
        "priority": priority_of(ticket),
        "marks": [(mark, name_of_mark(mark), mark in people) for mark in ticket.marks],
        "on_path": path_of(ticket),
        "paths": [] if ticket.is_finished else list(EscalationPath.objects.filter(is_active=True)),
    }
