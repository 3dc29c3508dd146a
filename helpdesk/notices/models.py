from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.secret import EncryptedJSONField


class Notice(models.Model):
    """Something one teammate should know: shown under the bell, and mailed where it says so. A row before it is sent."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("A ticket is yours now")
        MENTIONED = "mentioned", _("You were mentioned")
        CUSTOMER_WROTE = "customer_wrote", _("A customer wrote in a ticket of yours")
        NOTED = "noted", _("A colleague left a note in a ticket of yours")
        WOKEN = "woken", _("A ticket of yours is back from being snoozed")
        NEW_TICKET = "new_ticket", _("A new ticket that nobody has")
        DELIVERY_FAILED = "delivery_failed", _("An answer did not arrive")
        INBOX_FAILING = "inbox_failing", _("An inbox can't be reached")
        INBOX_RECOVERED = "inbox_recovered", _("An inbox works again")
        MAIL_MISSING = "mail_missing", _("The mail server has more than we stored")
        UNREADABLE = "unreadable", _("A mail could not be read")
        LOOP_STOPPED = "loop_stopped", _("A mail loop was stopped")
        HANDED_OVER = "handed_over", _("A ticket was handed over to you")
        RULE = "rule", _("A trigger tells you of a ticket")
        BAD_RATING = "bad_rating", _("A customer was not content")
        AUTOMATION = "automation", _("A trigger or webhook needs a look")
        ALERT = "alert", _("A figure of the monitor has passed its bound")

    class Reason(models.TextChoices):
        """Why this person is told."""

        ASSIGNEE = "assignee", _("the ticket is yours")
        MENTIONED = "mentioned", _("a colleague named you in a note")
        DEPARTMENT = "department", _("a colleague named your department in a note")
        MEMBER = "member", _("you are in the department that has it")
        EVERYBODY = "everybody", _("no department has it, and you asked for new tickets")
        ADMIN = "admin", _("you are an admin")
        RATING = "rating", _("you have the ticket, or lead its department")
        RULE = "rule", _("a trigger names you or your department")
        ALERT = "alert", _("an alert names you, or you lead its department")

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
    ticket_id = models.BigIntegerField(
        null=True
    )  # who opens this ticket has read it; tickets stand above this floor
    reason = models.CharField(max_length=12, choices=Reason, blank=True, db_default="")
    in_page = models.BooleanField(
        default=True, db_default=True
    )  # under the bell; else only by the other ways
    in_browser = models.BooleanField(
        default=False, db_default=False
    )  # shown by the browser while the page is not looked at
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
            models.Index(
                fields=["user", "ticket_id"], name="notice_unread_ticket", condition=Q(read_at__isnull=True)
            ),
            models.Index(fields=["next_attempt_at"], name="notice_due", condition=Q(mail_state="queued")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> str:
        """What it is, in a few words."""
        if self.reason == self.Reason.DEPARTMENT:
            return gettext("Your department was mentioned")
        return self.get_kind_display()


class NoticeHabits(models.Model):
    """How one person wants to be told. Without a row, and of what `choices` leaves out, as choosing.DEFAULTS has it."""

    class Digest(models.TextChoices):
        HOURLY = "hourly", _("every hour")
        DAILY = "daily", _("every morning at eight")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notice_habits"
    )
    choices = models.JSONField(default=dict)  # kind -> {"page": bool, "browser": bool, "mail": choosing.Mail}
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.DAILY)

    def __str__(self) -> str:
        return str(self.user)


class PushKeys(models.Model):
    """The one pair of keys by which push services know us (VAPID, RFC 8292). Made once: with another pair each device would have
    to be switched on anew."""

    public = models.CharField(
        max_length=90
    )  # base64url of the uncompressed point: what browsers subscribe with
    secrets = EncryptedJSONField(default=dict)  # {"private": PEM}

    def __str__(self) -> str:
        return self.public


class Device(models.Model):
    """A browser of one teammate that shows notices while no page of ours is open. `endpoint` is its address at a push service:
    whoever knows it can reach the device, so it is never logged."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    endpoint = models.CharField(max_length=1000, unique=True)
    secrets = EncryptedJSONField(default=dict)  # {"p256dh", "auth"}: what only it can read is encrypted with
    name = models.CharField(max_length=80, blank=True)  # as its browser calls itself
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # when its push service last took something
    fault = models.CharField(max_length=300, blank=True)  # why it took nothing the last time

    def __str__(self) -> str:
        return self.name or f"device {self.pk}"


class Push(models.Model):
    """One notice on its way to one device. A row before it is sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("not sent")  # read or shown meanwhile, or no longer for these eyes

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="pushes")
    device = models.ForeignKey(Device, models.CASCADE, related_name="pushes")
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "device"], name="push_once")]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="push_due", condition=Q(state="queued")),
            models.Index(fields=["queued_at"], name="push_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.notice} to {self.device}"
