from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox, RawMessage


class ImapFolder(models.Model):
    """How far a folder of a mail server has been read, and how the connection to it is."""

    class State(models.TextChoices):
        NEW = "new", _("not tried yet")
        OK = "ok", _("connected")
        AWAY = "away", _("server can't be reached")
        REFUSED = "refused", _("login refused")
        EXPIRED = "expired", _("authorisation expired")
        BROKEN = "broken", _("folder can't be read")

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="imap_folders")
    name = models.CharField(max_length=200, default="INBOX")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(
        default=0
    )  # every UID up to here is fetched, or stands in FetchedMail as missing
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    error = models.CharField(max_length=300, blank=True)  # the server's words, without secrets
    failing_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the admins were told of it
    is_pushed = models.BooleanField(default=False)  # the server tells of new mail (IDLE); else it is asked
    checked_at = models.DateTimeField(null=True)  # the last time the server answered
    server_count = models.IntegerField(null=True)  # at the last reconciliation
    stored_count = models.IntegerField(null=True)
    reconciled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "name"], name="imap_folder_once")]

    def __str__(self) -> str:
        return f"{self.inbox_id}/{self.name}"


class FetchedMail(models.Model):
    """One mail of a folder by its UID: which raw message it became, or why it could not be fetched."""

    folder = models.ForeignKey(ImapFolder, models.CASCADE, related_name="fetched")
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    raw = models.ForeignKey(RawMessage, models.SET_NULL, null=True, related_name="+")
    error = models.CharField(max_length=300, blank=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folder", "uid_validity", "uid"], name="mail_fetched_once")
        ]

    def __str__(self) -> str:
        return f"{self.folder_id}/{self.uid}"
