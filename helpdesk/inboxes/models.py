import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.secret import EncryptedJSONField


def new_key() -> str:
    return secrets.token_urlsafe(12)


class Inbox(models.Model):
    """A place where customers write: one mail address, one widget, one bot account."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("Email")
        WEBCHAT = "webchat", _("Chat widget")
        TELEGRAM = "telegram", _("Telegram")
        API = "api", _("API")
        PHONE = "phone", _("Phone")  # calls that the team writes down: of tickets, never of an inbox

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    address = models.EmailField(_("email address"), blank=True)  # email: where customers write to
    key = models.CharField(max_length=40, unique=True, default=new_key)  # in widget snippets and hook URLs
    department = models.ForeignKey(
        "routing.Department", models.SET_NULL, null=True, blank=True, verbose_name=_("department")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    options = models.JSONField(default=dict, blank=True)  # look, texts, allowed sites: no secrets
    secrets = EncryptedJSONField(default=dict, blank=True)  # tokens and passwords
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "inboxes"
        constraints = [
            models.UniqueConstraint(fields=["address"], condition=~Q(address=""), name="inbox_address_once")
        ]

    def __str__(self) -> str:
        return self.name


class RawMessage(models.Model):
    """What came in through a door, stored before the door said yes. Read by a job, once.

    A row is `pending` until it has an outcome; `quarantined` rows wait for a person with their reason
    and can be replayed. Rows are the operator's proof that nothing was lost (`inbound_report`).
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", _("waiting")
        CREATED = "created", _("new ticket")
        APPENDED = "appended", _("added to a ticket")
        DUPLICATE = "duplicate", _("came twice")
        BOUNCE = "bounce", _("delivery report")
        IGNORED = "ignored", _("set aside")
        QUARANTINED = "quarantined", _("could not be read")

    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="raw_messages")
    door = models.CharField(max_length=20)  # smtp, lmtp, pipe, webhook, imap
    sender = models.CharField(max_length=320, blank=True)  # envelope sender
    recipient = models.CharField(max_length=320, blank=True)  # envelope recipient
    body = models.BinaryField()
    digest = models.CharField(max_length=64)  # SHA-256 of body, hex
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    attempts = models.SmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True)
    ticket = models.ForeignKey("tickets.Ticket", models.SET_NULL, null=True, related_name="+")
    message = models.ForeignKey("tickets.Message", models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="raw_pending", condition=Q(outcome="pending")),
            models.Index(fields=["-received_at", "-id"], name="raw_newest"),
            models.Index(fields=["outcome", "-received_at"], name="raw_by_outcome"),
            models.Index(fields=["inbox", "digest"], name="raw_by_bytes"),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.received_at:%Y-%m-%d %H:%M} {self.outcome}"
