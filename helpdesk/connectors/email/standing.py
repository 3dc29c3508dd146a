"""What is known of the mail that goes in and out of inboxes, gathered for all of them at once: few questions, however many they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery

from helpdesk import clock
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.connectors.email.providers.calls import Call, last_calls
from helpdesk.inboxes.models import Inbox, RawMessage
from helpdesk.tickets.models import DeliveryAttempt, LoopStop, Message

LOOK_BACK = timedelta(days=30)  # what is older is not looked for
ACCEPTED, REFUSED = ("accepted", "partly"), ("refused", "deferred", "bounced")


@dataclass
class Standing:
    """Of one inbox. Times are None where nothing happened within LOOK_BACK."""

    folders: list[ImapFolder] = field(default_factory=list)
    call: Call | None = None
    came_at: datetime | None = None
    came_by: str = ""  # the door
    waiting: int = 0
    waiting_since: datetime | None = None
    accepted_at: datetime | None = None
    refused: DeliveryAttempt | None = None
    unreadable: int = 0
    unreadable_at: datetime | None = None
    stops: list[LoopStop] = field(default_factory=list)


def standings_of(inboxes: Sequence[Inbox]) -> dict[int, Standing]:
    """By the id of the inbox, with a fixed number of queries."""
    found: dict[int, Standing] = defaultdict(Standing)
    ids = [inbox.pk for inbox in inboxes]
    for folder in ImapFolder.objects.filter(inbox__in=ids).select_related("inbox").order_by("name"):
        found[folder.inbox_id].folders.append(folder)
    for pk, call in last_calls(inboxes).items():
        found[pk].call = call
    add_last_mails(found, ids)
    add_waiting(found, ids)
    add_unreadable(found, ids)
    for stop in LoopStop.objects.filter(inbox__in=ids, closed_at=None).order_by("-opened_at"):
        found[stop.inbox_id].stops.append(stop)
    return found


def add_last_mails(found: dict[int, Standing], ids: list[int]) -> None:
    since = clock.now() - LOOK_BACK
    came = RawMessage.objects.filter(inbox=OuterRef("pk"), received_at__gt=since).order_by("-received_at")
    tries = DeliveryAttempt.objects.filter(inbox=OuterRef("pk"), at__gt=since).order_by("-at", "-id")
    rows = Inbox.objects.filter(pk__in=ids).annotate(
        came_at=first(came, "received_at"),
        came_by=first(came, "door"),
        accepted_at=first(tries.filter(outcome__in=ACCEPTED), "at"),
        refused_id=first(tries.filter(outcome__in=REFUSED), "pk"),
    )
    told = list(rows.values_list("pk", "came_at", "came_by", "accepted_at", "refused_id"))
    refused = DeliveryAttempt.objects.in_bulk([row[4] for row in told if row[4]])
    for pk, came_at, came_by, accepted_at, refused_id in told:
        standing = found[pk]
        standing.came_at, standing.came_by, standing.accepted_at = came_at, came_by or "", accepted_at
        standing.refused = refused.get(refused_id)


def first(rows: QuerySet, name: str) -> Subquery:
    return Subquery(rows.values(name)[:1])


def add_waiting(found: dict[int, Standing], ids: list[int]) -> None:
    states = (Message.State.QUEUED, Message.State.SENDING)
    rows = Message.objects.filter(inbox__in=ids, kind__in=Message.SENT_KINDS, state__in=states).order_by()
    for pk, count, oldest in rows.values_list("inbox").annotate(Count("pk"), Min("created_at")):
        found[pk].waiting, found[pk].waiting_since = count, oldest


def add_unreadable(found: dict[int, Standing], ids: list[int]) -> None:
    rows = RawMessage.objects.filter(inbox__in=ids, outcome=RawMessage.Outcome.QUARANTINED).order_by()
    for pk, count, newest in rows.values_list("inbox").annotate(Count("pk"), Max("received_at")):
        found[pk].unreadable, found[pk].unreadable_at = count, newest
