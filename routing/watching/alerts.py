"""Thresholds: a sweep looks at each figure, tells once when it has been past its bound for long enough, and notes when it
is normal again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.notices.models import Notice
from helpdesk.notices.notifying import notify
from helpdesk.people.models import User
from routing.models import Membership, Threshold
from routing.monitor.snapshot import Snapshot, View, current_snapshot, view_of
from routing.watching.saying import bound_of, figure_of

CALM = timedelta(minutes=5)  # a figure has to be normal for so long before it is told of again
Figure = Threshold.Figure


class Turn(Enum):
    PASSED = names.THRESHOLD_PASSED
    KEPT = names.THRESHOLD_KEPT


def watch_thresholds() -> int:
    """Look at all that are on; returns how many began or ended. Sweeps at the same time tell once."""
    active = list(Threshold.objects.filter(is_active=True).values_list("pk", flat=True))
    snapshot = current_snapshot() if active else None
    return sum(watch_threshold(pk, snapshot) for pk in active)


@transaction.atomic
def watch_threshold(pk: int, snapshot: Snapshot) -> bool:
    rows = Threshold.objects.select_for_update(of=("self",), skip_locked=True).select_related("department")
    row = rows.filter(pk=pk, is_active=True).first()
    if row is None:
        return False
    view = view_of(snapshot, seen=None, channel=row.channel, department=row.department_id)
    value = value_of(row.figure, view)
    before = (row.passed_since, row.told_at, row.normal_since)
    turn = step(row, is_passed=is_past(row, value), now=clock.now())
    if (row.passed_since, row.told_at, row.normal_since) != before:
        row.save(update_fields=["passed_since", "told_at", "normal_since"])
    if turn:
        note(row, turn, value, since=before[0] or clock.now())
    if turn is Turn.PASSED:
        tell(row, value)
    return turn is not None


def step(row: Threshold, *, is_passed: bool, now: datetime) -> Turn | None:
    """Move its state on by one look; what began or ended with it."""
    if is_passed:
        row.passed_since = row.passed_since or now
        row.normal_since = None
        if row.told_at or now - row.passed_since < timedelta(minutes=row.minutes):
            return None
        row.told_at = now
        return Turn.PASSED
    if row.told_at is None:
        row.passed_since = None
        return None
    row.normal_since = row.normal_since or now
    if now - row.normal_since < CALM:
        return None
    row.passed_since = row.told_at = row.normal_since = None
    return Turn.KEPT


def value_of(figure: str, view: View) -> float | None:
    """In the unit of the bound: numbers, minutes, percent. None where there is nothing to measure."""
    load, capacity = view.load
    return {
        Figure.WAITING: view.total.waiting,
        Figure.LONGEST: in_minutes(view.longest_wait),
        Figure.MEAN: in_minutes(view.mean_wait),
        Figure.MISSED: view.total.missed,
        Figure.LATE: view.total.late,
        Figure.LOAD: 100 * load / capacity if capacity else None,
        Figure.CONTENT: view.content,
    }[Figure(figure)]


def in_minutes(seconds: int | None) -> float | None:
    return None if seconds is None else seconds / 60


def is_past(row: Threshold, value: float | None) -> bool:
    if value is None:
        return False
    return value < row.amount if row.is_below else value > row.amount


def note(row: Threshold, turn: Turn, value: float | None, *, since: datetime) -> None:
    data = {"threshold": row.pk, "figure": row.figure, "bound": row.amount, "since": since.isoformat()}
    record(
        turn.value,
        by=SYSTEM,
        channel=row.channel,
        department_id=row.department_id,
        value=None if value is None else round(value),
        data=data,
    )


def tell(row: Threshold, value: float | None) -> None:
    for person in told_of(row):
        with translation.override(person.language):
            title = f"{figure_of(row)}: {bound_of(row.figure, round(value or 0))}"
            text = format_lazy(
                _("For {minutes} minutes or longer. The bound is {bound}."),
                minutes=row.minutes,
                bound=bound_of(row.figure, row.amount),
            )
            notify(
                [person],
                Notice.Kind.ALERT,
                key=f"threshold:{row.pk}:{row.told_at:%Y%m%dT%H%M%S}",
                title=title,
                text=text,
                url=reverse("monitor:monitor") + query_of(row),
                reason=Notice.Reason.ADMIN if person.is_admin else Notice.Reason.ALERT,
            )


def query_of(row: Threshold) -> str:
    """The monitor, narrowed to what the threshold is about."""
    asked = [("channel", row.channel), ("department", row.department_id)]
    parts = [f"{name}={value}" for name, value in asked if value]
    return f"?{'&'.join(parts)}" if parts else ""


def told_of(row: Threshold) -> list[User]:
    """Everybody once, in the order of their ids."""
    wanted = Q(pk__in=row.people.all()) if Threshold.Tells.PEOPLE in row.tells else Q(pk__in=())
    if Threshold.Tells.ADMINS in row.tells:
        wanted |= Q(role=User.Role.ADMIN)
    if Threshold.Tells.LEADS in row.tells:
        wanted |= Q(pk__in=leads_of(row))
    return list(User.objects.filter(wanted, is_active=True).order_by("pk"))


def leads_of(row: Threshold) -> Iterable[int]:
    """Of its department, or of all where it is about the whole desk."""
    leads = Membership.objects.filter(role=Membership.Role.LEAD, department__is_active=True)
    if row.department_id:
        leads = leads.filter(department=row.department_id)
    return leads.values("user")
