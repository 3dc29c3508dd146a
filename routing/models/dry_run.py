"""Rules held against the past."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class DryRun(models.Model):
    """What a rule would have done in the last days, found by a job while the page watches.

    `kind` says which rules it is of (routing.dry_runs.KINDS), `definition` is the rule as it was tried, saved or not.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("about to begin")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("stopped")
        FAILED = "failed", _("broken off")

    kind = models.CharField(max_length=20)
    rule_id = models.BigIntegerField(null=True)  # null: not saved yet
    definition = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    since = models.DateTimeField()  # what has happened from then on is looked at
    total = models.PositiveIntegerField(default=0)  # what there is to look at
    looked_at = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    tickets = models.PositiveIntegerField(default=0)  # on how many different ones
    hits = models.JSONField(
        default=list
    )  # [[ticket id, ISO moment], ...], the newest first, at most HITS_KEPT
    made_at = models.DateTimeField()
    noted_at = models.DateTimeField(db_default=Now())  # when its job last said how far it is
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"
