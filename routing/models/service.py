"""What is promised to customers, and the clocks that tell whether it is kept."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from helpdesk import clock


class PromiseKind(models.TextChoices):
    FIRST = "first", _("First answer")
    NEXT = "next", _("Next answer")
    RESOLUTION = "resolution", _("Solved")


class ServicePolicy(models.Model):
    """What tickets of a kind are promised. The first whose conditions hold is a ticket's; written by service.policies only.

    `targets` is {"4": {"first": 900, "next": 1800, "resolution": 14400}, ...}: seconds by priority; what is left out is not
    promised. `conditions` is a group of helpdesk.conditions.
    """

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on"), default=True)
    conditions = models.JSONField(default=dict, blank=True)
    targets = models.JSONField(default=dict)
    in_hours = models.BooleanField(_("count business hours only"), default=True)
    pauses = ArrayField(
        models.CharField(max_length=10), default=list, blank=True
    )  # statuses: the solution waits
    warns_at = models.PositiveSmallIntegerField(default=75)  # percent of the time promised
    warns_before = models.PositiveIntegerField(null=True, blank=True)  # seconds before its end instead
    counts_from = models.DateTimeField(default=clock.now)  # what began earlier was promised nothing

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Promise(models.Model):
    """One promise to the customer of a ticket, with its clock. What was promised stands here, as it was then: a change of the
    policy counts for what begins later."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("kept")
        MISSED = "missed", _("not kept")
        DROPPED = "dropped", _("no longer owed")

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="promises")
    kind = models.CharField(max_length=10, choices=PromiseKind)
    policy = models.ForeignKey(ServicePolicy, models.SET_NULL, null=True, related_name="promises")
    policy_name = models.CharField(max_length=80)
    priority = models.SmallIntegerField()  # and department: of the ticket, when the time was chosen
    department_id = models.BigIntegerField(null=True)  # in whose hours it is counted, where it is
    target = models.PositiveIntegerField()  # seconds
    warn_after = models.PositiveIntegerField()  # seconds of these
    in_hours = models.BooleanField()
    pauses = ArrayField(models.CharField(max_length=10), default=list)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    began_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # None while it is paused, or where the hours never come
    look_at = models.DateTimeField(null=True)  # when it is to be looked at next: it is near, then missed
    near_at = models.DateTimeField(null=True)  # when this was told
    missed_at = models.DateTimeField(null=True)  # when this was told
    ended_at = models.DateTimeField(null=True)
    spent = models.PositiveIntegerField(null=True)  # seconds on its clock until it ended

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "kind", "began_at"], name="promise_once")]
        indexes = [
            models.Index(fields=["look_at"], name="promise_to_look_at", condition=Q(look_at__isnull=False)),
            models.Index(fields=["due_at"], name="promise_open", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["-ended_at"], name="promise_ended", condition=Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id} {self.state}"


class CareRule(models.Model):
    """When a ticket gets a mark, and whether machines then leave it to people. Ours are in service.care until they are
    changed; then they have a row of their key."""

    mark = models.CharField(max_length=40, unique=True)
    is_active = models.BooleanField(_("on"), default=True)
    leaves_to_people = models.BooleanField(_("leave these tickets to people"), default=True)
    conditions = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.mark


class PriorityFormula(models.Model):
    """How priority is reckoned; one row. `weights` is {input: points}, see service.priority."""

    ONLY = 1

    is_active = models.BooleanField(_("set priorities by the formula"), default=False)
    weights = models.JSONField(default=dict)
    urgent_words = models.TextField(_("urgent words"), blank=True)
    best_plans = models.CharField(_("important plans"), max_length=400, blank=True)
    much_spent = models.PositiveIntegerField(_("much spent"), default=1000)
    big_company = models.PositiveIntegerField(_("people of a big company"), default=200)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"formula {self.version}"


class PriorityReading(models.Model):
    """What the formula came to for a ticket, and by which inputs, as they were then."""

    ticket = models.OneToOneField(
        "tickets.Ticket", models.CASCADE, primary_key=True, related_name="priority_reading"
    )
    points = models.PositiveSmallIntegerField()
    parts = models.JSONField(default=list)  # [[input, points, value as it was], ...]
    priority = models.SmallIntegerField()  # what the points come to
    read_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)  # when waiting will have changed it

    class Meta:
        indexes = [
            models.Index(fields=["look_at"], name="reading_to_look_at", condition=Q(look_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.points}"


class EscalationPath(models.Model):
    """Who is told, and who takes over, when a ticket waits: step after step. The first path whose conditions hold is a
    ticket's. `steps` is [{"after": seconds since the customer waits, "to": "agent:7", "does": "tell" | "hand_over"}, ...],
    in the order of time; `to` is agent:<id>, department:<id>, leads, assignee or admins."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on"), default=True)
    conditions = models.JSONField(default=dict, blank=True)
    in_hours = models.BooleanField(_("count business hours only"), default=True)
    steps = models.JSONField(default=list)
    counts_from = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Escalation(models.Model):
    """A ticket on its way along a path: the steps as they were when it began, and when the next one is due."""

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="escalations")
    path = models.ForeignKey(EscalationPath, models.SET_NULL, null=True, related_name="escalations")
    path_name = models.CharField(max_length=80)
    steps = models.JSONField(default=list)
    in_hours = models.BooleanField()
    done = models.PositiveSmallIntegerField(default=0)  # steps taken
    began_at = models.DateTimeField()  # since when the customer waits, or when somebody asked for help
    next_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="escalation_once_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], name="escalation_due", condition=Q(next_at__isnull=False)),
            models.Index(F("ticket"), F("began_at").desc(), name="escalation_of_ticket"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} on {self.path_name}"

    @property
    def next_step(self) -> dict[str, Any] | None:
        """None where all are taken."""
        return self.steps[self.done] if self.done < len(self.steps) else None
