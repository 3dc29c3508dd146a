"""What a member of the team says of themselves: whether new tickets may come to them. Whether their desk is open is another
matter (duty.py); both are needed for a ticket to come by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.ledger import record
from helpdesk.people.models import Availability, User

State = Availability.State
LONGEST = timedelta(days=60)


@transaction.atomic
def set_availability(
    user: User, *, state: str, reason: str = "", until: datetime | None = None, by: Actor
) -> Availability:
    """Say how somebody is to be reached from now on, `until` a moment or until they say otherwise. The same again changes
    nothing. Raises Invalid for an unknown state, or a moment that is past or too far."""
    if state not in State.values:
        raise Invalid(_("There is no such state."), field="state")
    now = clock.now()
    if until and not now < until <= now + LONGEST:
        raise Invalid(_("Choose a moment in the next 60 days."), field="until")
    said = {"state": state, "reason": reason.strip()[:80], "until": until}
    if state == State.ONLINE:
        said |= {"reason": "", "until": None}
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two devices at once
    row = Availability.objects.filter(user=user).first()
    before = row or Availability(user=user, state=State.ONLINE, since=now)
    if all(getattr(before, name) == value for name, value in said.items()):
        return before
    fresh = Availability(user=user, since=now, **said)
    Availability.objects.update_or_create(user=user, defaults={**said, "since": now})
    told = said | {"from": before.state, "to": state, "agent": user.pk}
    del told["state"]
    told["until"] = until.isoformat() if until else None
    spent = round((now - before.since).total_seconds())
    record(names.AGENT_AVAILABILITY_CHANGED, by=by, value=spent, data=told)
    transaction.on_commit(lambda: keep_at_hand(user.pk, state))
    return fresh


def availability_of(user: User) -> Availability:
    """As it is now; one whose moment is past is online already, before the sweep has said so."""
    row = Availability.objects.filter(user=user).first()
    if row is None or (row.until and row.until <= clock.now()):
        return Availability(user=user, state=State.ONLINE, since=row.until if row else user.created_at)
    return row


def name_and_state(user: User) -> str:
    """ "Dana", or "Dana · away". For users read with their availability."""
    row = getattr(user, "availability", None)
    if row is None or row.state == State.ONLINE or (row.until and row.until <= clock.now()):
        return str(user)
    return f"{user} · {row.get_state_display().lower()}"


def not_taking(users: Iterable[int] | None = None) -> dict[int, Availability]:
    """Who (ids) takes no new tickets now, among these or all."""
    rows = Availability.objects.exclude(state=State.ONLINE).exclude(until__lte=clock.now())
    return {row.pk: row for row in (rows if users is None else rows.filter(pk__in=users))}


def end_due_absences() -> None:
    """Whose moment has come is online again. The person is locked first, as where they say so themselves: neither waits for the
    other for ever, and two sweeps record it once."""
    due = Availability.objects.filter(until__lte=clock.now())
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).get(pk=pk)
            if due.filter(pk=pk).exists():
                set_availability(user, state=State.ONLINE, by=SYSTEM)


def state_at_hand(user: User) -> str:
    """For the mark in the rail of every page: without a question to the database. With Redis away: online."""
    return cache.get(key_of(user.pk)) or State.ONLINE


def keep_at_hand(user_id: int, state: str) -> None:
    cache.set(key_of(user_id), state, None)


def key_of(user_id: int) -> str:
    return f"availability:{user_id}"
