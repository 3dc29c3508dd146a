"""Beginning, running and stopping a dry run. Its row says how far it is and what it has found so far."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from helpdesk import clock
from helpdesk.jobs import queue
from helpdesk.people.models import User
from routing.assignment.trying import plan_rule
from routing.dry_runs.looks import Hit, Plan
from routing.models import DryRun
from routing.triggers.trying import plan_trigger

log = logging.getLogger(__name__)
RUN = "routing.tasks.run_dry_run"
DAYS = 30
HITS_KEPT = 200
KEPT_FOR = timedelta(days=1)
# After which its job is believed dead: a look takes seconds.
SILENT = timedelta(minutes=3)
State = DryRun.State
UNFINISHED = (State.WAITING, State.RUNNING)

# What is tried, by the kind of rule: (definition, since) -> what to look at.
KINDS: dict[str, Callable[[dict[str, Any], datetime], Plan]] = {
    "trigger": plan_trigger,
    "rule": plan_rule,
}


def begin_dry_run(kind: str, definition: dict[str, Any], *, user: User, rule_id: int | None = None) -> DryRun:
    """Write it down and have a job run it. Earlier ones of the same rule and person are stopped, old ones forgotten."""
    now = clock.now()
    DryRun.objects.filter(Q(made_at__lt=now - KEPT_FOR)).delete()
    running = DryRun.objects.filter(user=user, state__in=UNFINISHED)
    running.filter(kind=kind, rule_id=rule_id).update(state=State.CANCELLED, ended_at=now)
    run = DryRun.objects.create(
        kind=kind,
        rule_id=rule_id,
        definition=definition,
        user=user,
        since=now - timedelta(days=DAYS),
        made_at=now,
        noted_at=now,
    )
    queue(RUN, run.pk)
    return DryRun.objects.get(pk=run.pk)


def repeat_dry_run(run: DryRun) -> DryRun:
    """The same rule as it was then, held against the days before today."""
    return begin_dry_run(run.kind, run.definition, user=run.user, rule_id=run.rule_id)


def cancel_dry_run(run: DryRun) -> None:
    """What was found until now stays."""
    unfinished = DryRun.objects.filter(pk=run.pk, state__in=UNFINISHED)
    unfinished.update(state=State.CANCELLED, ended_at=clock.now())


def end_if_silent(run: DryRun) -> None:
    """Where its job has died, or was lost on the way, nobody else would say that it has ended. One that lives after all
    stops at its next look."""
    now = clock.now()
    if run.state not in UNFINISHED or run.noted_at > now - SILENT:
        return
    silent = DryRun.objects.filter(pk=run.pk, state__in=UNFINISHED, noted_at__lte=now - SILENT)
    if silent.update(state=State.FAILED, ended_at=now):
        run.refresh_from_db()


def run_dry_run(run_id: int) -> None:
    """The job. Only one runs it; it changes nothing but its row."""
    claimed = DryRun.objects.filter(pk=run_id, state=State.WAITING)
    now = clock.now()
    if not claimed.update(state=State.RUNNING, began_at=now, noted_at=now):
        return
    run = DryRun.objects.get(pk=run_id)
    try:
        plan = KINDS[run.kind](run.definition, run.since)
        ended = go_through(run, plan)
    except Exception:
        log.exception("dry run %s", run_id)
        ended = State.FAILED
    DryRun.objects.filter(pk=run_id, state=State.RUNNING).update(state=ended, ended_at=clock.now())


def go_through(run: DryRun, plan: Plan) -> str:
    """Look after look, writing down how far it is; stops where somebody has stopped it."""
    tickets: set[int] = set()
    hits: list[Hit] = []
    once = bool(run.definition.get("once_per_ticket"))
    looked_at = found = 0
    if not note(run, total=plan.total):
        return State.CANCELLED
    for look in plan.looks:
        looked_at += look.looked_at
        fresh = once_each(look.hits, tickets) if once else look.hits
        tickets.update(ticket for ticket, _at in fresh)
        found += len(fresh)
        hits = newest_of(hits, fresh)
        told = {"looked_at": looked_at, "found": found, "tickets": len(tickets)}
        if not note(run, **told, hits=[[ticket, at.isoformat()] for ticket, at in hits]):
            return State.CANCELLED
    return State.DONE


def once_each(hits: list[Hit], known: set[int]) -> list[Hit]:
    """The first hit of each ticket that has none yet."""
    first = {ticket: (ticket, at) for ticket, at in reversed(hits) if ticket not in known}
    return list(first.values())


def newest_of(kept: list[Hit], more: list[Hit]) -> list[Hit]:
    """So many as are listed, the newest first."""
    if len(kept) == HITS_KEPT:
        more = [hit for hit in more if hit[1] >= kept[-1][1]]
    return sorted([*kept, *more], key=lambda hit: (hit[1], hit[0]), reverse=True)[:HITS_KEPT]


def note(run: DryRun, **found: Any) -> bool:
    """False where it is no longer to run."""
    running = DryRun.objects.filter(pk=run.pk, state=State.RUNNING)
    return bool(running.update(noted_at=clock.now(), **found))
