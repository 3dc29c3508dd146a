from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One fact, written in the same transaction as the change it tells of. Never changed afterwards: only what a customer
    said with a rating leaves it with the ticket (tickets.trash).

    Audit, live view, triggers, notices and the funnel all derive from these rows. The id is the
    sequence number of the live view. Foreign keys are without database constraints: the ledger is
    append-only and outlives what it speaks of.
    """

    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=40)
    channel = models.CharField(max_length=20, blank=True)
    department = models.ForeignKey(
        "routing.Department", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    contact = models.ForeignKey(
        "people.Contact", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    visitor = models.UUIDField(null=True)  # who it was while nobody knows their name
    ticket = models.ForeignKey(
        "tickets.Ticket",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="events",
    )
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    value = models.BigIntegerField(null=True)  # seconds, or a rating: names.py says which
    business_value = models.BigIntegerField(null=True)  # the same seconds, inside business hours only
    data = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True)  # when all LISTENERS_LATER had heard of it
    tellings = models.SmallIntegerField(default=0)

    browsers: list[str] | None = (
        None  # of its contact, where the statement that wrote it has read them as well
    )
    is_line = False  # nothing but a line was added: its ticket stands as it stood, and waits or was answered

    class Meta:
        indexes = [
            BrinIndex(fields=["occurred_at"], name="event_occurred_brin"),
            BrinIndex(fields=["recorded_at"], name="event_recorded_brin", autosummarize=True),
            models.Index(fields=["ticket", "occurred_at"], name="event_by_ticket"),
            models.Index(fields=["name", "occurred_at"], name="event_by_name"),
            models.Index(fields=["visitor"], name="event_by_visitor", condition=Q(visitor__isnull=False)),
            models.Index(fields=["recorded_at"], name="event_untold", condition=Q(told_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"
