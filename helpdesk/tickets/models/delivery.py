"""What becomes of an answer on its way: to each recipient, and try by try."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models.message import Message


class Delivery(models.Model):
    """One recipient of an outgoing mail. The message's own state is the sum of its deliveries."""

    class Role(models.TextChoices):
        TO = "to", _("To")
        CC = "cc", _("Cc")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        DELAYED = "delayed", _("delayed")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    address = models.CharField(max_length=320)
    role = models.CharField(max_length=2, choices=Role, default=Role.TO)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    error = models.CharField(max_length=500, blank=True)  # the other server's words
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["message", "address"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.address} {self.state}"


class DeliveryAttempt(models.Model):
    """One line of the delivery log: a try to hand a message over, or a report that came back later."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("accepted for some")
        DEFERRED = "deferred", _("try again later")
        REFUSED = "refused", _("refused")
        BOUNCED = "bounced", _("bounced")
        DELAYED = "delayed", _("still being tried")
        DELIVERED = "delivered", _("delivered")
        RETRIED = "retried", _("tried again by hand")

    message = models.ForeignKey(Message, models.CASCADE, related_name="delivery_attempts")
    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    server = models.CharField(max_length=255, blank=True)  # host:port it was handed to; never a password
    answer = models.CharField(max_length=500, blank=True)  # the other server's words
    addresses = ArrayField(models.CharField(max_length=320), default=list)  # whom it is about

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="attempt_newest"),
            models.Index(fields=["outcome", "-at"], name="attempt_by_outcome"),
            models.Index(fields=["inbox", "-at"], name="attempt_of_inbox"),
            models.Index(fields=["message", "at"], name="attempt_of_message"),
            GinIndex(fields=["addresses"], name="attempt_addresses"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%Y-%m-%d %H:%M}"


class LoopStop(models.Model):
    """Automatic answers to one address are stopped: it sent so much, so fast, that a machine answers a machine.

    Open until an admin closes it. What the address sends goes on to be stored and shown.
    """

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="loop_stops")
    address = models.CharField(max_length=320)  # lower case
    ticket = models.ForeignKey("tickets.Ticket", models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "address"], condition=Q(closed_at__isnull=True), name="loop_stopped_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.address} in {self.inbox_id}"
