"""What helps agents while they read and write."""

from django.conf import settings
from django.db import models

from helpdesk.tickets.models.ticket import Ticket


class Mention(models.Model):
    """Somebody was named with @ in a note."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="mentions")
    message_id = models.BigIntegerField()  # the newest note with it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="mentioned_once")]


class LastLook(models.Model):
    """Up to which message an agent has seen a ticket."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="looks")
    message_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="look_once")]
