"""Keeping the report right, a few seconds behind the ledger: who changed is read again, and the days that this touches
are counted again. Every step is a transaction of its own that leaves word of what is left to do, so a refresh may be
cut off anywhere and the next goes on."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from math import inf
from time import monotonic

from funnel.models import Edition
from funnel.sessions.changes import find_changes, remember_seen
from funnel.tallies.building import OnStep, build, store_batch
from funnel.tallies.editions import (
    BUILDING,
    CURRENT,
    follow_workspace,
    live_editions,
    mark_days,
    remove_editions,
    retired_editions,
    start_edition,
)
from funnel.tallies.freshness import count_marked_days, days_of, mark_what_time_changed
from funnel.tallies.lock import alone
from helpdesk import clock

AT_ONCE = 500  # people
# What a refresh gives to a build: the current edition is looked after again when it is over.
BUILD_FOR = 20.0  # seconds


def no_step(*_progress: object) -> None:
    return


def refresh(
    now: datetime, *, build_for: float = BUILD_FOR, wait: bool = False, on_step: OnStep = no_step
) -> bool:
    """Bring the current edition up to `now` (aware), and go on building another where there is one.

    `build_for`: seconds after which no further step of a build is begun; one always is. Returns False where another process is at it;
    with `wait`, does it after that.
    """
    with alone(wait=wait) as is_mine:
        if not is_mine:
            return False
        editions, retired = follow_workspace(), retired_editions()
        for facts in {edition.facts for edition in editions}:
            store_changes(facts, editions, now=now)
        for edition in editions:
            if edition.state == CURRENT:
                bring_up_to(edition, now=now)
        until = monotonic() + build_for
        for edition in editions:
            if edition.state == BUILDING:
                build(edition, now=now, until=until, on_step=on_step)
        # Not those that this refresh has retired itself: somebody may be in the middle of a report from them.
        remove_editions(retired, until=until)
    return True


def refresh_now() -> None:
    """Everything up to this moment, however long it takes."""
    refresh(clock.now(), build_for=inf, wait=True)


def reckon_anew() -> None:
    """Read the whole ledger again, however long it takes: for what came into it by the side door and is dated in the
    past, as a demo or a history told again."""
    if live_editions():
        start_edition(reason="asked")
    refresh_now()


def store_changes(facts: Edition, editions: list[Edition], *, now: datetime) -> None:
    """Store anew whoever has changed since these facts were last read."""
    changes = find_changes(facts, now=now, read_until=editions[0].looked_at)
    for keys in batches(changes.people):
        store_batch(facts, keys, now=now, senders=changes.senders)
    for edition in editions:
        if changes.sendings and edition.facts_id == facts.pk:
            mark_days(edition, days_of(changes.sendings, edition))
    Edition.objects.filter(pk=facts.pk).update(read_until=changes.read_until)
    remember_seen(facts, changes)


def batches(keys: set[str]) -> Iterator[list[str]]:
    left = iter(sorted(keys))
    while batch := list(islice(left, AT_ONCE)):
        yield batch


def bring_up_to(edition: Edition, *, now: datetime) -> None:
    """Count what changed, by events or by time alone. `reckoned_at` moves on only when all of it is counted."""
    mark_what_time_changed(edition, now=now)
    count_marked_days(edition, now=now, on_step=no_step)
    Edition.objects.filter(pk=edition.pk).update(reckoned_at=now)
