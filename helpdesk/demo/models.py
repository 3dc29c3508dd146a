from django.contrib.postgres.fields import ArrayField
from django.db import models


class Filling(models.Model):
    """The demo workspace was filled. One row; its presence keeps a second start from filling again."""

    filled_at = models.DateTimeField()


class SentMail(models.Model):
    """A mail that left the helpdesk and was caught on this machine, to be read at /demo/mailbox/."""

    raw = models.BinaryField()
    sender = models.CharField(max_length=320, blank=True)  # envelope
    recipients = ArrayField(models.CharField(max_length=320))  # envelope
    subject = models.CharField(max_length=500, blank=True)
    words = models.TextField(blank=True)  # what the search looks through
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-sent_at", "-id"], name="sent_mail_newest")]

    def __str__(self) -> str:
        return self.subject or "(no subject)"
