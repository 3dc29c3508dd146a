"""What triggers did is kept for 90 days; longer, where without its row a trigger would fire a second time."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from helpdesk import clock
from helpdesk.events.models import Event
from routing.models import TriggerRun

KEPT = timedelta(days=90)
AT_ONCE = 2000


def forget_old_runs(*, at_once: int = AT_ONCE) -> int:
    """How many were forgotten. Each chunk is a transaction of its own, and begins where the last one ended."""
    needless, forgotten = needless_runs(), 0
    while chunk := list(needless.order_by("ran_at", "id").values_list("pk", "ran_at")[:at_once]):
        deleted, _by_model = TriggerRun.objects.filter(pk__in=[pk for pk, _at in chunk]).delete()
        forgotten += deleted
        needless = needless.filter(ran_at__gte=chunk[-1][1])
    return forgotten


def needless_runs() -> QuerySet[TriggerRun]:
    """Old ones but those that still hold a firing back: of a trigger that fires once for a ticket; of the newest state that a
    trigger has waited for on a ticket, which may still last; of a fact that is still to be told again."""
    newer_state = TriggerRun.objects.filter(
        trigger=OuterRef("trigger"), ticket=OuterRef("ticket"), since__gt=OuterRef("since")
    )
    untold = Event.objects.filter(pk=OuterRef("event"), told_at__isnull=True)
    of_once = Q(trigger__once_per_ticket=True)
    of_present_state = Q(trigger__isnull=False, since__isnull=False) & ~Exists(newer_state)
    old = TriggerRun.objects.filter(ran_at__lt=clock.now() - KEPT)
    return old.exclude(of_once).exclude(of_present_state).exclude(Exists(untold))
