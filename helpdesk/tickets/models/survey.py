from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models.message import Message
from helpdesk.tickets.models.ticket import Ticket


class Survey(models.Model):
    """The question after closing: how was it? One a closing; the last rating wins.

    It is due at `due_at`; it has a `sent_at` once it was asked, or a `dropped_at` where it was asked no more.
    """

    class Style(models.TextChoices):
        SCALE = "scale", _("Five faces, from very bad to very good")
        THUMBS = "thumbs", _("Thumb up or down")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="surveys")
    channel = models.CharField(max_length=20, choices=Inbox.Kind)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="surveys")
    close_event = models.OneToOneField("events.Event", models.CASCADE, related_name="+", db_constraint=False)
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="survey")
    policy = models.ForeignKey(
        "routing.SurveyPolicy", models.SET_NULL, null=True, related_name="surveys"
    )  # by which it was asked
    style = models.CharField(max_length=6, choices=Style, default=Style.SCALE, db_default="scale")
    question = models.CharField(max_length=200, blank=True, default="", db_default="")  # "": our own words
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    score = models.SmallIntegerField(null=True)  # 1 to 5
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)  # when the team was told of a bad rating

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-sent_at"], name="survey_of_ticket"),
            models.Index(fields=["-rated_at"], name="survey_rated", condition=Q(rated_at__isnull=False)),
            models.Index(
                fields=["due_at"],
                name="survey_due",
                condition=Q(due_at__isnull=False, sent_at__isnull=True, dropped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"survey {self.pk} of #{self.ticket_id}"
