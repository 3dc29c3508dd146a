from django.conf import settings
from django.db import models
from django.db.models import Q

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models.message import Message
from helpdesk.tickets.models.ticket import Ticket


class Survey(models.Model):
    """The question after closing: how was it? One open survey a ticket; the last rating wins."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="surveys")
    channel = models.CharField(max_length=20, choices=Inbox.Kind)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="surveys")
    close_event = models.OneToOneField("events.Event", models.CASCADE, related_name="+", db_constraint=False)
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="survey")
    sent_at = models.DateTimeField()
    score = models.SmallIntegerField(null=True)  # 1 to 5
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-sent_at"], name="survey_of_ticket"),
            models.Index(fields=["-rated_at"], name="survey_rated", condition=Q(rated_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"survey {self.pk} of #{self.ticket_id}"
