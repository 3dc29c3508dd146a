"""Looking for signals: every rule is asked, what it finds is kept, what nobody decided on and is gone is dropped."""

from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from funnel.invest.desk import Desk, desk_at
from funnel.invest.findings import Finding
from funnel.invest.rules.table import KINDS
from funnel.models import Signal
from funnel.report.comparison import DOWN

NEW, DISMISSED = Signal.State.NEW, Signal.State.DISMISSED
WORSE_BY_HALF = 1.5
EVERY = 3600  # seconds


def find_signals(now: datetime) -> list[Signal]:
    """Reckon every signal as of `now` (aware); those that stand, what saves most hours first. Twice is as once."""
    desk = desk_at(now)
    if desk is None:
        return []
    for kind in KINDS:
        keep_findings(desk, kind)
    return list(Signal.objects.filter(is_standing=True).order_by("-weight", "id"))


def find_due_signals(now: datetime) -> None:
    """Look once an hour; at once when a month is over or the history was reckoned anew."""
    desk = desk_at(now)
    if desk and cache.add(f"funnel:signals:{desk.edition.pk}:{desk.month.until}", True, EVERY):
        find_signals(now)


def keep_findings(desk: Desk, kind: str) -> None:
    """Ask one rule and keep what it says; what was decided on is measured on, also where the rule is silent now."""
    decided = frozenset(Signal.objects.filter(kind=kind).exclude(state=NEW).values_list("subject", flat=True))
    findings = list(KINDS[kind].find(desk, decided))  # may take seconds: before anything is locked
    kept = {
        finding.subject: finding for finding in findings if finding.is_firing or finding.subject in decided
    }
    with transaction.atomic():
        signals = {signal.subject: signal for signal in Signal.objects.select_for_update().filter(kind=kind)}
        for subject, finding in kept.items():
            keep_finding(signals.get(subject), finding, desk=desk, kind=kind)
        gone = [signal.pk for subject, signal in signals.items() if subject not in kept]
        Signal.objects.filter(pk__in=gone, state=NEW).delete()
        Signal.objects.filter(pk__in=gone).update(is_standing=False, reckoned_at=desk.now)


def keep_finding(signal: Signal | None, finding: Finding, *, desk: Desk, kind: str) -> None:
    signal = signal or Signal(kind=kind, subject=finding.subject, found_at=desk.now)
    signal.figure, signal.weight, signal.is_standing = finding.figure, finding.weight, finding.is_firing
    signal.figures = signal.figures | finding.figures
    signal.figures |= {
        "since": desk.month.since.isoformat(),
        "until": desk.month.until.isoformat(),
        "team_hours": finding.team_hours,
        "waiting_hours": finding.waiting_hours,
    }
    signal.reckoned_at = desk.now
    if signal.state == DISMISSED and finding.is_firing and is_worse_by_half(signal):
        signal.state, signal.decided_at, signal.decided_by = NEW, None, None
        signal.figure_when_decided = None
    signal.save()


def is_worse_by_half(signal: Signal) -> bool:
    """Whether the figure is half as bad again as on the day it was dismissed."""
    then = signal.figure_when_decided
    if then is None or signal.figure is None:
        return False
    if KINDS[signal.kind].better == DOWN:
        return signal.figure >= WORSE_BY_HALF * then
    return signal.figure * WORSE_BY_HALF <= then
