"""Keeping the clocks of what is promised: begun, paused, ended and chosen anew, as the ticket stands now.

Everything is reckoned from the ticket and its facts, so a fact that is told twice, late or in another order leaves the same.
What was promised and has ended is never touched again but where its time goes on: a merge taken back, a closing undone.
"""

from datetime import datetime

from django.db import transaction

from helpdesk import clock
from helpdesk.conditions import Case, case_of_ticket
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.ledger import record
from helpdesk.sweeping import count_each
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.promising import note_due
from routing.models import Promise, ServicePolicy
from routing.service.clocks import Clock, clock_of
from routing.service.periods import (
    RESOLUTION,
    answer_owed_since,
    answered_at,
    is_owed_anything,
    last_closed,
    solution_owed_since,
    stretches,
)
from routing.service.policies import choose_policy, target_of, warn_after
from routing.service.whole import lock_whole

State = Promise.State


def keep_promises(ticket_id: int, *, case: Case | None = None) -> None:
    """Bring the promises of a ticket up to how it stands now, and its `due_at`. Safe to call at any time, and twice.

    `case`: its case where somebody has it at hand; conditions are asked of the ticket as it stands now.
    """
    with transaction.atomic():
        if ticket := lock_whole(ticket_id):
            keep_promises_of(ticket, case=case)


def keep_promises_of(ticket: Ticket, *, case: Case | None = None) -> None:
    """The same of one that is locked with all that conditions ask of it."""
    Keeper(ticket, case).keep()


class Keeper:
    """One ticket's promises, with what was asked for once."""

    def __init__(self, ticket: Ticket, case: Case | None) -> None:
        self.ticket = ticket
        self.now = clock.now()
        self.case = case
        self.open = {one.kind: one for one in Promise.objects.filter(ticket=ticket, ended_at=None)}
        self.policies: list[ServicePolicy | None] = []

    def keep(self) -> None:
        owed = self.owed()
        for kind, promise in list(self.open.items()):
            if owed.get(kind) != promise.began_at:
                self.end(self.open.pop(kind))
        for kind, since in owed.items():
            promise = self.open.get(kind)
            if promise is None:
                self.begin(kind, since)
            elif self.is_other_now(promise):
                self.choose_anew(promise)
            elif kind == RESOLUTION and self.may_have_stood_still(promise):
                self.run(promise)
        due = [one.due_at for one in self.open.values() if one.due_at]
        self.ticket.due_at = min(due, default=None)
        note_due(self.ticket.pk, self.ticket.due_at)

    def owed(self) -> dict[str, datetime]:
        """Kind -> since when, of what is owed now."""
        owed = dict(filter(None, [answer_owed_since(self.ticket)]))
        if since := self.solution_since():
            owed[RESOLUTION] = since
        return owed

    def solution_since(self) -> datetime | None:
        """Of one that runs it is known, but where the customer may have opened the ticket again meanwhile."""
        known = self.open.get(RESOLUTION)
        if known and is_owed_anything(self.ticket) and not self.was_reopened():
            return known.began_at
        return solution_owed_since(self.ticket)

    def may_have_stood_still(self, promise: Promise) -> bool:
        """It stands still or runs other than is written, or did so in between, and we are told of it late."""
        if self.is_paused(promise) != (promise.state == State.PAUSED):
            return True
        event = self.case.event if self.case else None
        return event is None or event.name in STANDING_STILL

    def was_reopened(self) -> bool:
        """A closing that nobody has told us of yet may lie between."""
        return bool(self.case and self.case.event and self.case.event.name == names.TICKET_REOPENED)

    def policy(self) -> ServicePolicy | None:
        """The ticket's, chosen once."""
        if not self.policies:
            self.policies.append(choose_policy(case_of_ticket(self.ticket)))
        return self.policies[0]

    def begin(self, kind: str, since: datetime) -> None:
        before = Promise.objects.filter(ticket=self.ticket, kind=kind, began_at=since).first()
        if before:  # its time goes on
            before.ended_at, before.spent = None, None
            self.open[kind] = before
            if self.is_other_now(before):
                self.choose_anew(before)
            else:
                self.run(before)
            return
        policy = self.policy()
        if policy is None or since < policy.counts_from:
            return
        target = target_of(policy, kind, self.ticket.priority)
        if not target:
            return
        promise = Promise(ticket=self.ticket, kind=kind, began_at=since)
        self.open[kind] = promise
        self.promise(promise, policy, target)

    def promise(self, promise: Promise, policy: ServicePolicy, target: int) -> None:
        """Write what is promised from now on."""
        promise.policy, promise.policy_name = policy, policy.name
        promise.priority, promise.department_id = self.ticket.priority, self.ticket.department_id
        promise.target, promise.warn_after = target, warn_after(policy, target)
        promise.in_hours, promise.pauses = policy.in_hours, policy.pauses
        was_near, was_missed = promise.near_at, promise.missed_at
        promise.near_at = promise.missed_at = None
        self.run(promise)
        if was_missed and promise.due_at and promise.due_at <= self.now:  # told before, and as true now
            promise.near_at, promise.missed_at, promise.look_at = was_near, was_missed, None
            promise.save(update_fields=["near_at", "missed_at", "look_at"])

    def is_other_now(self, promise: Promise) -> bool:
        """The ticket's priority or department is another than when the time was chosen, or its policy is."""
        if (promise.priority, promise.department_id) != (self.ticket.priority, self.ticket.department_id):
            return True
        return self.may_have_other_policy() and promise.policy != self.policy()

    def may_have_other_policy(self) -> bool:
        event = self.case.event if self.case else None
        return event is not None and event.name in CHOOSING

    def choose_anew(self, promise: Promise) -> None:
        """From the start, as if it had been so then. Where nothing is promised any more it is dropped."""
        policy = self.policy()
        target = target_of(policy, promise.kind, self.ticket.priority) if policy else 0
        if not target or promise.began_at < policy.counts_from:
            del self.open[promise.kind]
            self.drop(promise)
        elif promise.policy_id == policy.pk and promise.target == target and not promise.in_hours:
            promise.priority, promise.department_id = self.ticket.priority, self.ticket.department_id
            self.run(promise)
        else:
            self.promise(promise, policy, target)

    def is_paused(self, promise: Promise) -> bool:
        return promise.kind == RESOLUTION and self.ticket.status in promise.pauses

    def run(self, promise: Promise) -> None:
        """Set its clock by what it has run until now."""
        if self.is_paused(promise):
            promise.state, promise.due_at, promise.look_at = State.PAUSED, None, None
        else:
            measure = measure_of(promise)
            since, spent = self.spent_before(promise, measure)
            promise.state = State.RUNNING
            promise.due_at = measure.after(since, promise.target - spent)
            promise.look_at = next_look(promise, measure.after(since, promise.warn_after - spent))
        promise.save()

    def spent_before(self, promise: Promise, measure: Clock) -> tuple[datetime, int]:
        """(since when it runs without a pause, what it had spent by then)."""
        if promise.kind != RESOLUTION:
            return promise.began_at, 0
        ran = stretches(self.ticket, promise.began_at, promise.pauses)
        spent = sum(measure.seconds(one.start, one.end) for one in ran if one.end)
        running = ran[-1].start if ran and ran[-1].end is None else self.now
        return running, spent

    def end(self, promise: Promise) -> None:
        """Its answer or its solution came, or is owed no more."""
        ended_at = self.came_at(promise)
        if ended_at is None:
            self.drop(promise)
            return
        promise.spent = self.spent_until(promise, ended_at)
        is_late = promise.spent > promise.target
        promise.state, promise.ended_at = (State.MISSED if is_late else State.MET), ended_at
        promise.look_at = None
        if is_late and promise.missed_at is None:
            tell_missed(promise, self.ticket, self.now)
        promise.save()

    def came_at(self, promise: Promise) -> datetime | None:
        """When what was owed came; None where it never did, and is owed no more."""
        if promise.kind != RESOLUTION:
            return answered_at(self.ticket, promise.began_at)
        if self.ticket.merged_into_id or not self.ticket.is_real:
            return None
        if self.ticket.is_finished:
            return self.ticket.closed_at
        return last_closed(self.ticket, promise.began_at)  # and opened by the customer since

    def spent_until(self, promise: Promise, ended_at: datetime) -> int:
        measure = measure_of(promise)
        if promise.kind != RESOLUTION:
            return measure.seconds(promise.began_at, ended_at)
        ran = stretches(self.ticket, promise.began_at, promise.pauses)
        return sum(
            measure.seconds(one.start, min(one.end or ended_at, ended_at))
            for one in ran
            if one.start < ended_at
        )

    def drop(self, promise: Promise) -> None:
        """Owed no more: closed without an answer, merged, spam. One that was missed before stays missed."""
        promise.state = State.MISSED if promise.missed_at else State.DROPPED
        promise.ended_at, promise.look_at = self.now, None
        promise.save()


STANDING_STILL = {names.TICKET_STATUS_CHANGED, names.TICKET_CLOSED, names.TICKET_REOPENED}
# Facts after which another policy may be the ticket's.
CHOOSING = {
    *(names.TICKET_PRIORITISED, names.TICKET_TRANSFERRED, names.TICKET_TAGGED, names.TICKET_UNTAGGED),
    *(names.TICKET_MARKED, names.TICKET_UNMARKED, names.CONTACT_CHANGED, names.CONTACT_MERGED),
}


def measure_of(promise: Promise) -> Clock:
    return clock_of(in_hours=promise.in_hours, department_id=promise.department_id)


def next_look(promise: Promise, near: datetime | None) -> datetime | None:
    """When something is to be told of it next; None where all is told."""
    if promise.missed_at:
        return None
    return promise.due_at if promise.near_at or near is None else near


def tell_missed(promise: Promise, ticket: Ticket, now: datetime) -> None:
    promise.missed_at = now
    tell(names.SLA_MISSED, promise, ticket)


def tell(name: str, promise: Promise, ticket: Ticket) -> None:
    record(
        name,
        by=SYSTEM,
        ticket=ticket,
        value=promise.target,
        data={
            "promise": promise.kind,
            "due": promise.due_at.isoformat() if promise.due_at else "",
            "policy": promise.policy_name,
        },
    )


def look_at_due() -> int:
    """Tell of what is near or was missed, each once; returns of how many. One job after another may run this."""
    due = Promise.objects.filter(look_at__lte=clock.now()).order_by("look_at")
    return count_each(look_at, due.values_list("pk", "ticket_id")[:500])


@transaction.atomic
def look_at(promise_id: int, ticket_id: int) -> bool:
    """First the ticket, for an answer that nobody has told us of yet; then what is left to say."""
    keep_promises(ticket_id)
    now = clock.now()
    due = Promise.objects.select_for_update(of=("self",)).filter(
        pk=promise_id, ended_at=None, look_at__lte=now
    )
    promise = due.select_related("ticket").first()
    if promise is None:
        return False
    if promise.due_at and promise.due_at <= now:
        tell_missed(promise, promise.ticket, now)
        promise.look_at = None
    else:
        promise.near_at, promise.look_at = now, promise.due_at
        tell(names.SLA_NEAR, promise, promise.ticket)
    promise.save(update_fields=["missed_at", "near_at", "look_at"])
    return True
