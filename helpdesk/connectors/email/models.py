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
    # Mail above last_uid is new. What is not in FetchedMail between first_uid and last_uid, and reached the server after
    # started_at (empty: whenever), is fetched by the reconciliation: history, and whatever a fault left out.
    last_uid = models.BigIntegerField(default=0)
    first_uid = models.BigIntegerField(default=1)
    started_at = models.DateTimeField(null=True)
    since = models.CharField(max_length=10, blank=True)  # the option that the start was chosen by
    account = models.CharField(max_length=400, blank=True)  # whose folder it is; empty: not opened yet
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
    """One mail of a folder by its UID: which raw message it became, or why it could not be fetched.

    With neither an error nor a raw message it is settled as well: older than the folder's start, or its raw message is
    deleted here.
    """

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
