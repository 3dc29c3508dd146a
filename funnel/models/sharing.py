from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from helpdesk import clock


class OwnedQuerySet(models.QuerySet):
    """Of rows that a teammate made."""

    def visible_to(self, user: Any) -> Self:
        """Admins see and end everybody's, the others their own."""
        return self if user.is_admin else self.filter(made_by=user)


class SharedReportQuerySet(OwnedQuerySet):
    def standing(self) -> Self:
        """Those that open now."""
        return self.filter(revoked_at=None, expires_at__gt=clock.now())


class ReportScheduleQuerySet(OwnedQuerySet):
    def due(self) -> Self:
        """Nothing leaves in the name of a teammate whose account is closed."""
        return self.filter(is_active=True, made_by__is_active=True, next_at__lte=clock.now())


class ReportMailQuerySet(models.QuerySet):
    def due(self) -> Self:
        """Those to be sent now: new ones, those whose back-off is over, those whose worker died."""
        unsent = [ReportMail.State.QUEUED, ReportMail.State.SENDING]
        standing = Q(schedule__is_active=True, schedule__made_by__is_active=True)
        wanted = standing | Q(is_trial=True, schedule__unsubscribed_at=None)
        return self.filter(wanted, state__in=unsent, next_attempt_at__lte=clock.now())


class SharedReport(models.Model):
    """A link with which people without an account read one report. Its token is a signature of this row
    (sharing/links.py): nothing secret is stored, and a revoked row refuses it."""

    words = models.JSONField(default=dict)  # the question as its page spells it in the URL
    note = models.CharField(_("who it is for"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)

    objects = SharedReportQuerySet.as_manager()

    def __str__(self) -> str:
        return self.note or f"Shared report {self.pk}"


class ReportSchedule(models.Model):
    """The report by mail, every week or month, in the reader's language."""

    class Every(models.TextChoices):
        WEEK = "week", _("Every Monday")
        MONTH = "month", _("On the first of each month")

    every = models.CharField(_("how often"), max_length=5, choices=Every, default=Every.WEEK)
    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    words = models.JSONField(default=dict)  # the filters, without a period: that is the week or month before
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)
    unsubscribed_at = models.DateTimeField(null=True)  # by the reader, whom nobody here overrules
    next_at = models.DateTimeField()

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="schedule_due", condition=Q(is_active=True))]

    def __str__(self) -> str:
        return f"{self.address}, {self.every}"


class ReportMail(models.Model):
    """One report that is to leave by mail: a row before it is sent, at most one for each span of a schedule, beside
    those that a teammate sent to try."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="mails")
    since = models.DateField()
    until = models.DateField()
    is_trial = models.BooleanField(default=False)
    shared = models.OneToOneField(SharedReport, models.SET_NULL, null=True, related_name="mail")  # its link
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)  # while it is being sent: when that is given up as lost
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = ReportMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "since", "until"], condition=Q(is_trial=False), name="report_mail_once"
            ),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="report_mail_span"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="report_mail_due",
                condition=Q(state__in=["queued", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.schedule}: {self.since} to {self.until}"
