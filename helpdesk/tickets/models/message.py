from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.models.ticket import Ticket
from helpdesk.tickets.querysets import MessageQuerySet

LONGEST_CHOICE = 80  # characters
# The first recipient as `addressees.without_tag` makes it of a lower-case address.
PLAIN_ADDRESSEE = Func(Lower(F("to__0")), Value(r"\+.*@"), Value("@"), function="regexp_replace")


class Message(models.Model):
    """One entry of a ticket's timeline: a customer's message, an answer, or an internal note.

    By which words it is found says the index message_found (desk.hits), that a migration makes in plain SQL.
    """

    class Kind(models.TextChoices):
        INCOMING = "incoming", _("from the customer")
        OUTGOING = "outgoing", _("answer")
        NOTE = "note", _("internal note")
        COPY = "copy", _("mail with unread answers")  # of a chat, whose own messages stay the truth

    SENT_KINDS = (Kind.OUTGOING, Kind.COPY)  # what leaves the house

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("failed")

    class SenderCheck(models.TextChoices):
        """Whether the sender's domain vouched for the mail (DMARC, aligned DKIM); empty where nobody checked."""

        PASS = "pass", _("verified sender")
        FAIL = "fail", _("unverified sender")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="messages")  # by which it came or goes
    channel = models.CharField(max_length=20, choices=Inbox.Kind)
    author_kind = models.CharField(max_length=12)  # as Actor.kind
    author_name = models.CharField(max_length=120, blank=True)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="messages")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="messages")
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)  # what is new in it
    html = models.TextField(blank=True)  # the same as safe HTML, where the channel has it
    quoted = models.TextField(blank=True)
    to = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    cc = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    external_id = models.CharField(max_length=500, blank=True)  # Message-ID, update id ...
    body_digest = models.CharField(max_length=64, blank=True)
    in_reply_to = models.CharField(max_length=500, blank=True)
    thread_reason = models.CharField(max_length=40, blank=True)  # why it is on this ticket (finding.REASONS)
    is_by_newcomer = models.BooleanField(default=False)  # whoever wrote it was not on the ticket before
    client_uuid = models.UUIDField(null=True)  # the sender's own id: a second press of Send changes nothing
    is_automatic = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()

    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    released_at = models.DateTimeField(null=True)  # when the undo window ended: from now on public
    next_attempt_at = models.DateTimeField(null=True)  # when to hand it over (again)
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    closes_ticket = models.BooleanField(default=False)  # "send and close": it closes when the answer is out
    mailed_in = models.ForeignKey(  # the copy that carried this chat answer to who had not read it
        "self", models.SET_NULL, null=True, db_index=False, related_name="carried"
    )
    sender_check = models.CharField(max_length=4, choices=SenderCheck, blank=True)
    # What the customer may answer with one tap, where their channel has buttons: the words that are then their message.
    choices = ArrayField(models.CharField(max_length=LONGEST_CHOICE), default=list, db_default=[], blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "external_id"], condition=~Q(external_id=""), name="message_received_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "client_uuid"],
                condition=Q(client_uuid__isnull=False),
                name="message_pressed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "created_at", "id"], name="message_timeline"),
            models.Index(
                fields=["next_attempt_at"], name="message_due", condition=Q(state__in=["queued", "sending"])
            ),
            models.Index(fields=["external_id"], name="message_external", condition=~Q(external_id="")),
            models.Index(
                fields=["released_at"],
                name="message_unread_chat",
                condition=Q(kind="outgoing", channel="webchat", author_kind="agent")
                & Q(read_at__isnull=True, mailed_in__isnull=True),
            ),
            models.Index(fields=["mailed_in"], name="message_carried", condition=Q(mailed_in__isnull=False)),
            models.Index(
                PLAIN_ADDRESSEE,
                "created_at",
                name="message_by_machine_to",
                condition=Q(kind="outgoing", is_automatic=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of #{self.ticket_id}"

    @property
    def is_public(self) -> bool:
        return self.kind not in (self.Kind.NOTE, self.Kind.COPY)


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """A random name on disk: the customer's file name never reaches the file system."""
    return f"attachments/{uuid4().hex[:2]}/{uuid4().hex}"


class Attachment(models.Model):
    """A file of a message, reached by `/files/KEY/` only."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    key = models.UUIDField(default=uuid4, unique=True)
    file = models.FileField(upload_to=attachment_path, max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120, default="application/octet-stream")
    size = models.PositiveIntegerField()
    content_id = models.CharField(max_length=300, blank=True)
    is_inline = models.BooleanField(default=False)
    # What a picture shows, in words, for who can't see it.
    description = models.CharField(max_length=300, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tickets:file", args=[self.key])
