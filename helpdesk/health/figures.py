"""The operator's figures. All are read from the database when they are asked for, so that any process gives the
same answer; every query runs on a small partial index."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db.models import Count, Min, Model, QuerySet
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.health.heartbeat import heartbeat_age
from helpdesk.inboxes.models import RawMessage
from helpdesk.notices.models import Push
from helpdesk.tickets.models import Message, Ticket


def pending_raw() -> QuerySet:
    return RawMessage.objects.filter(outcome=RawMessage.Outcome.PENDING)


def untold() -> QuerySet:
    return Event.objects.filter(told_at=None)


def age_of_oldest(rows: QuerySet[Model], field: str) -> float:
    """Seconds since the oldest of these rows; 0 without any."""
    oldest = rows.aggregate(oldest=Min(field))["oldest"]
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


def failed_lately() -> int:
    """Answers that failed for good within a day, told by their facts."""
    since = clock.now() - timedelta(days=1)
    return Event.objects.filter(name=names.MESSAGE_FAILED, occurred_at__gte=since).count()


def pushes_failed_lately() -> int:
    """Notices for devices, queued within a day and given up."""
    since = clock.now() - timedelta(days=1)
    return Push.objects.filter(state=Push.State.FAILED, queued_at__gte=since).count()


FIGURES: list[tuple[str, str, Callable[[], float | None]]] = [
    ("helpdesk_inbound_pending", "Raw messages stored and not yet read.", lambda: pending_raw().count()),
    (
        "helpdesk_inbound_pending_oldest_seconds",
        "Age of the oldest raw message not yet read.",
        lambda: age_of_oldest(pending_raw(), "received_at"),
    ),
    (
        "helpdesk_inbound_quarantined",
        "Raw messages that could not be read and wait for a person.",
        lambda: RawMessage.objects.filter(outcome=RawMessage.Outcome.QUARANTINED).count(),
    ),
    ("helpdesk_events_untold", "Facts whose listeners have not all heard of them.", lambda: untold().count()),
    (
        "helpdesk_events_untold_oldest_seconds",
        "Age of the oldest such fact.",
        lambda: age_of_oldest(untold(), "recorded_at"),
    ),
    (
        "helpdesk_tickets_open",
        "Tickets not finished, spam left out.",
        lambda: Ticket.objects.unfinished().count(),
    ),
    (
        "helpdesk_tickets_waiting",
        "Open tickets whose customer waits for an answer.",
        lambda: Ticket.objects.awake().waiting().count(),
    ),
    (
        "helpdesk_messages_late_oldest_seconds",
        "How long overdue the most overdue answer is.",
        lambda: age_of_oldest(Message.objects.due(), "next_attempt_at"),
    ),
    ("helpdesk_messages_failed_last_day", "Answers that failed for good within 24 hours.", failed_lately),
    (
        "helpdesk_pushes_failed_last_day",
        "Notices that a push service would not take, of the last 24 hours.",
        pushes_failed_lately,
    ),
    ("helpdesk_worker_heartbeat_age_seconds", "Since the worker's last sign of life.", heartbeat_age),
]


class Figures:
    """A Prometheus collector without state."""

    def collect(self) -> Iterator[Metric]:
        for name, meaning, figure in FIGURES:
            try:
                value = figure()
            except (RedisError, OSError):
                continue  # a figure that can't be had is left out, which an alert can see
            if value is not None:
                yield GaugeMetricFamily(name, meaning, value=value)
        yield messages_by_state()

    def describe(self) -> list[Metric]:
        return []  # so that registering asks the database nothing


def messages_by_state() -> Metric:
    family = GaugeMetricFamily("helpdesk_messages", "Answers on their way, by state.", labels=["state"])
    waiting = ["queued", "sending"]
    rows = Message.objects.filter(state__in=waiting).values_list("state").annotate(n=Count("pk")).order_by()
    counted = dict(rows)
    for state in waiting:
        family.add_metric([state], counted.get(state, 0))
    return family


def metrics_text() -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return generate_latest(registry)
