"""The days of an edition that are to be counted anew, and counting them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from math import inf
from time import monotonic

from django.db import transaction
from django.db.models import F, QuerySet

from funnel.models import DirtyDay, Edition, SupportConversation, SupportSession
from funnel.sessions.rules import CHAT_PATIENCE
from funnel.tallies.editions import LIVE, mark_days
from funnel.tallies.spans import month_of
from funnel.tallies.tallying import tally_day, tally_month
from helpdesk.inboxes.models import Inbox

OnStep = Callable[[int, int], None]


def days_of(moments: Iterable[datetime], edition: Edition) -> set[date]:
    return {moment.astimezone(edition.zone).date() for moment in moments}


def mark_what_time_changed(edition: Edition, *, now: datetime) -> None:
    """Sessions that have matured since the edition was last reckoned, closes that have settled, chats nobody answered."""
    since = edition.reckoned_at or edition.made_at
    mark_days(edition, days_of(moments_that_passed(edition, since, now), edition))


def moments_that_passed(edition: Edition, since: datetime, now: datetime) -> QuerySet:
    """The moments by whose days they are counted, of all to which that happened after `since` and up to `now`."""
    settled = edition.rules.settled
    sessions = SupportSession.objects.filter(
        edition=edition.facts_id, matures_at__gt=since, matures_at__lte=now
    )
    conversations = SupportConversation.objects.filter(edition=edition.facts_id, is_spam=False)
    closes = conversations.filter(closed_at__gt=since - settled, closed_at__lte=now - settled)
    chats = conversations.filter(
        channel=Inbox.Kind.WEBCHAT,
        queued_at__gt=since - CHAT_PATIENCE,
        queued_at__lte=now - CHAT_PATIENCE,
        first_response=None,
    )
    return sessions.values_list(F("started_at"), flat=True).union(
        closes.values_list(F("closed_at"), flat=True), chats.values_list(F("queued_at"), flat=True)
    )


def count_marked_days(edition: Edition, *, now: datetime, until: float = inf, on_step: OnStep) -> bool:
    """Count the marked days anew, a month at a time, the oldest first. Returns whether none is left.

    `until`: a moment of time.monotonic() after which no second month is begun.
    """
    marked = list(DirtyDay.objects.filter(edition=edition).order_by("day").values_list("day", flat=True))
    left = len(marked)
    for month, days in groupby(marked, month_of):
        days = list(days)
        count_days(edition, month, days, now=now)
        left -= len(days)
        on_step(left, len(marked))
        if monotonic() > until:
            break
    return left == 0


@transaction.atomic
def count_days(edition: Edition, month: date, days: list[date], *, now: datetime) -> None:
    """These days, the month they lie in, and that it is done: all or nothing. Unless the edition is given up by now."""
    if not Edition.objects.select_for_update().filter(pk=edition.pk, state__in=LIVE).exists():
        return
    for day in days:
        tally_day(edition, day, now=now)
    tally_month(edition, month, now=now)
    DirtyDay.objects.filter(edition=edition, day__in=days).delete()
