"""Other programs that triggers tell of what happened, and each telling."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.secret import EncryptedJSONField


class Webhook(models.Model):
    """An address that is called, with the secret that signs the calls. The secret is shown once, where it is made."""

    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    secrets = EncryptedJSONField(default=dict, blank=True)  # {"signing": text}
    is_active = models.BooleanField(_("on"), default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WebhookCall(models.Model):
    """One telling: stored in the transaction of what it tells of, sent by a job, tried again for a day."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("delivered")
        FAILED = "failed", _("not delivered")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="calls")
    key = models.UUIDField(
        default=uuid.uuid4, unique=True
    )  # the same in every try, so that the other side knows it
    trigger_name = models.CharField(max_length=80, blank=True)
    # What was told is in the customer's words, and goes with them.
    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, null=True, related_name="+")
    body = models.TextField()
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    # [{"at": ISO, "status": 200 or null, "ms": 31, "words": "..."}, ...], the first try first
    tries = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], name="webhook_call_due", condition=Q(state="queued")),
            models.Index(fields=["webhook", "-made_at", "-id"], name="webhook_call_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook} {self.key}"
