from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Something one teammate should know: shown under the bell, and mailed where it says so. A row before it is sent."""

    class Kind(models.TextChoices):
        DELIVERY_FAILED = "delivery_failed", _("An answer did not arrive")
        INBOX_FAILING = "inbox_failing", _("An inbox can't be reached")
        INBOX_RECOVERED = "inbox_recovered", _("An inbox works again")
        MAIL_MISSING = "mail_missing", _("The mail server has more than we stored")
        UNREADABLE = "unreadable", _("A mail could not be read")
        LOOP_STOPPED = "loop_stopped", _("A mail loop was stopped")
        HANDED_OVER = "handed_over", _("A ticket was handed over to you")

    class MailState(models.TextChoices):
        NONE = "none", _("not mailed")
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=120)  # what it is about; the same notice twice is one
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)  # a path of ours: where to mend or see it
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_state = models.CharField(max_length=6, choices=MailState, default=MailState.NONE)
    mail_attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    mail_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["next_attempt_at"], name="notice_due", condition=Q(mail_state="queued")),
        ]

    def __str__(self) -> str:
        return self.title
