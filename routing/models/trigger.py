"""Rules that work by themselves, and what they did."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

NOTHING = Value([], models.JSONField())


class Trigger(models.Model):
    """A rule of the team: when one of `on` happens and the conditions hold, do the actions, in order.

    `on` names facts of the ledger, or one state of routing.triggers.states that has lasted for `after_minutes`, by the
    clock on the wall or in business hours. Only what comes to that age from `counts_from` on sets it off.

    `conditions` is a group of helpdesk.conditions and `actions` [{"do", "value"}, ...], with the keys of
    routing.triggers.actions. They are written through routing.triggers.saving only, which refuses what could not run.
    """

    class Clock(models.TextChoices):
        WALL = "wall", _("around the clock")
        OFFICE = "office", _("in our business hours")

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on"), default=True)
    on = ArrayField(models.CharField(max_length=40))
    after_minutes = models.PositiveIntegerField(null=True, blank=True)
    clock = models.CharField(max_length=6, choices=Clock, default=Clock.WALL, db_default=Clock.WALL)
    counts_from = models.DateTimeField(null=True, blank=True)
    conditions = models.JSONField(default=dict, blank=True)
    actions = models.JSONField(default=list)
    stops = models.BooleanField(_("no further trigger after it"), default=False, db_default=False)
    once_per_ticket = models.BooleanField(_("only once for a ticket"), default=False, db_default=False)
    version = models.PositiveIntegerField(default=0, db_default=0)  # the number of its newest version
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class TriggerVersion(models.Model):
    """How a trigger read from one save to the next. Never changed."""

    trigger = models.ForeignKey(Trigger, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()  # as routing.triggers.versions.definition_of gives it
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_by = models.CharField(max_length=120, blank=True)  # the history outlives who made it
    restored_from = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["trigger", "number"], name="trigger_version_once")]

    def __str__(self) -> str:
        return f"{self.trigger} {self.number}"


class TriggerSweep(models.Model):
    """How far a trigger that waits for time has looked: by the hours it reckons with up to which moment something began
    ("" for the clock on the wall), and up to which fact of the ledger."""

    trigger = models.OneToOneField(Trigger, models.CASCADE, related_name="sweep")
    marks = models.JSONField(default=dict)  # {"" or the id of business hours: ISO moment}
    seen_event = models.BigIntegerField(default=0)
    swept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.trigger} {self.swept_at}"


class TriggerRun(models.Model):
    """One firing: what each action did, or why it did not. A trigger fires once for an event, and once for a state that
    has lasted (`since` it began)."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        PARTLY = "partly", _("partly done")
        FAILED = "failed", _("not done")
        HELD = "held", _("stopped")
        SKIPPED = "skipped", _("skipped")

    trigger = models.ForeignKey(Trigger, models.SET_NULL, null=True, related_name="runs")
    trigger_name = models.CharField(max_length=80)  # the log outlives its trigger
    version = models.PositiveIntegerField(default=0, db_default=0)  # of the trigger, as it was then
    moment = models.CharField(max_length=40, blank=True, db_default="")  # which of its `on` it was
    event = models.ForeignKey(
        "events.Event", models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    since = models.DateTimeField(null=True)
    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, null=True, related_name="trigger_runs")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.DONE)
    conditions = models.JSONField(
        default=list, db_default=NOTHING
    )  # [[words, held, the value as it was], ...]
    steps = models.JSONField(default=list)  # [{"do", "value", "error", "skipped"}, ...]; "error" says why
    ran_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trigger", "event"], name="trigger_fires_once"),
            models.UniqueConstraint(
                fields=["trigger", "ticket", "since"],
                condition=Q(since__isnull=False),
                name="trigger_fires_once_a_state",
            ),
        ]
        indexes = [
            models.Index(fields=["-ran_at", "-id"], name="run_newest"),
            models.Index(fields=["trigger", "-ran_at", "-id"], name="run_of_trigger"),
            models.Index(fields=["ticket", "-ran_at", "-id"], name="run_of_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_name} {self.outcome}"
