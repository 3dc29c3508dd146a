from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.querysets import FINISHED, UNFINISHED, MessageQuerySet, TicketQuerySet

SEARCHED_CHARACTERS = 200_000  # a tsvector holds 1 MB; what comes later in a huge mail is not searched


class Ticket(models.Model):
    """One conversation with one customer, over whatever channels it goes. Its id is its number.

    Only helpdesk.tickets' verbs write here; each records what it did in the ledger.
    """

    class Status(models.TextChoices):
        NEW = "new", _("New")
        OPEN = "open", _("Open")
        PENDING = "pending", _("Pending")
        ON_HOLD = "on_hold", _("On hold")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    subject = models.CharField(max_length=250, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL)
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="tickets")
    channel = models.CharField(max_length=20, choices=Inbox.Kind)  # where it began
    department = models.ForeignKey(
        "routing.Department", models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    language = models.CharField(max_length=10, blank=True)
    attributes = models.JSONField(default=dict, blank=True)  # when it began: page, referrer, answer_to ...
    is_spam = models.BooleanField(default=False)
    follow_up_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="follow_ups"
    )

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()  # the last change of any kind
    last_message_at = models.DateTimeField()  # the last public message: the list's order
    first_asked_at = models.DateTimeField(null=True)  # the first customer message
    queued_at = models.DateTimeField(null=True)  # since when it waits for a person
    waiting_since = models.DateTimeField(null=True)  # first customer message not yet answered
    first_replied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    last_snippet = models.CharField(max_length=160, blank=True)  # of the last public message

    subject_vector = models.GeneratedField(
        expression=SearchVector("subject", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                F("last_message_at").desc(),
                F("id").desc(),
                name="ticket_awake",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True),
            ),
            models.Index(
                F("assignee"),
                F("last_message_at").desc(),
                F("id").desc(),
                name="ticket_awake_of_agent",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True),
            ),
            models.Index(
                F("department"),
                F("last_message_at").desc(),
                F("id").desc(),
                name="ticket_awake_of_department",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True),
            ),
            models.Index(
                F("channel"),
                F("last_message_at").desc(),
                F("id").desc(),
                name="ticket_awake_of_channel",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True),
            ),
            models.Index(
                F("last_message_at").desc(),
                F("id").desc(),
                name="ticket_finished",
                condition=Q(status__in=FINISHED, is_spam=False),
            ),
            models.Index(F("contact"), F("created_at").desc(), name="ticket_of_contact"),
            models.Index(F("created_at").desc(), F("id").desc(), name="ticket_newest"),
            models.Index(
                fields=["snoozed_until"], name="ticket_snoozed", condition=Q(snoozed_until__isnull=False)
            ),
            models.Index(F("last_message_at").desc(), name="ticket_spam", condition=Q(is_spam=True)),
            GinIndex(fields=["subject_vector"], name="ticket_subject_words"),
            GinIndex(fields=["tags"], name="ticket_tags"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


class Message(models.Model):
    """One entry of a ticket's timeline: a customer's message, an answer, or an internal note."""

    class Kind(models.TextChoices):
        INCOMING = "incoming", _("from the customer")
        OUTGOING = "outgoing", _("answer")
        NOTE = "note", _("internal note")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("failed")

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
    thread_reason = models.CharField(max_length=40, blank=True)  # why it is on this ticket
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

    text_vector = models.GeneratedField(
        expression=SearchVector(Left("text", SEARCHED_CHARACTERS), config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

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
            GinIndex(fields=["text_vector"], name="message_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of #{self.ticket_id}"

    @property
    def is_public(self) -> bool:
        return self.kind != self.Kind.NOTE


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

    def __str__(self) -> str:
        return self.name


class Shortcut(models.Model):
    """A canned answer, typed with `/name`. Placeholders are {customer}, {first_name}, {agent}, {ticket}."""

    name = models.SlugField(_("name"), max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    department = models.ForeignKey(
        "routing.Department", models.CASCADE, null=True, blank=True, verbose_name=_("only for department")
    )
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "language", "department"], nulls_distinct=False, name="shortcut_name_once"
            )
        ]

    def __str__(self) -> str:
        return f"/{self.name}"


class LastLook(models.Model):
    """Up to which message an agent has seen a ticket."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="looks")
    message_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="look_once")]


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
