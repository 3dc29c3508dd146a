"""Where a ticket goes, and when somebody is there."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BusinessHours(models.Model):
    """When a team is there. Of several rows one is the workspace's; with none it is always open.

    `weekly` is [[weekday, "09:00", "18:00"], ...], Monday 0, as many a day as wanted; an end that is not
    after its start lies on the next day, "24:00" is midnight. `holidays` is ["2026-12-25", ...] or
    [["2026-12-25", "Christmas"], ...]: what begins on such a day is left out.
    """

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    weekly = models.JSONField(default=list, blank=True)
    holidays = models.JSONField(default=list, blank=True)
    is_default = models.BooleanField(_("for every department without hours of its own"), default=False)

    class Meta:
        ordering = ["-is_default", "name"]
        verbose_name_plural = "business hours"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_hours"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A part of the team by place, product, brand, business unit or skill level (row R1)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(_("what it is for"), max_length=200, blank=True)
    is_restricted = models.BooleanField(_("only members and admins see its tickets"), default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="departments", blank=True)
    hours = models.ForeignKey(
        BusinessHours,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="departments",
        verbose_name=_("business hours"),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Trigger(models.Model):
    """A rule of the team: when one of `on` happens and the conditions hold, do the actions, in order.

    `conditions` is [{"field", "op", "value"}, ...] and `actions` [{"do", "value"}, ...], with the keys of
    routing.triggers.fields and routing.triggers.actions. They are written through
    routing.triggers.saving only, which refuses what could not run.
    """

    class Match(models.TextChoices):
        ALL = "all", _("all")
        ANY = "any", _("any")

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on"), default=True)
    on = ArrayField(models.CharField(max_length=40))
    match = models.CharField(max_length=3, choices=Match, default=Match.ALL)
    conditions = models.JSONField(default=list, blank=True)
    actions = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class TriggerRun(models.Model):
    """One firing: what each action did, or why it did not. A trigger fires once for an event."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        PARTLY = "partly", _("partly done")
        FAILED = "failed", _("not done")

    trigger = models.ForeignKey(Trigger, models.SET_NULL, null=True, related_name="runs")
    trigger_name = models.CharField(max_length=80)  # the log outlives its trigger
    event = models.ForeignKey("events.Event", models.CASCADE, related_name="+", db_constraint=False)
    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="trigger_runs")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.DONE)
    steps = models.JSONField(default=list)  # [{"do", "value", "words", "error"}, ...]
    ran_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trigger", "event"], name="trigger_fires_once")]
        indexes = [
            models.Index(fields=["-ran_at", "-id"], name="run_newest"),
            models.Index(fields=["trigger", "-ran_at", "-id"], name="run_of_trigger"),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_name} {self.outcome}"
