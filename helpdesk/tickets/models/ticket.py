from datetime import UTC, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact
from helpdesk.tickets.querysets import FINISHED, UNFINISHED, TicketQuerySet

# Those that wait for nothing come after all that wait.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
WAITING_SINCE = Coalesce(F("waiting_since"), Value(NEVER))
DUE_AT = Coalesce(F("due_at"), Value(NEVER))


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

    class EscalationReason(models.TextChoices):
        """Why a person has to look at it."""

        NO_RULE = "no_rule", _("No rule took it")
        NOBODY = "nobody", _("Nobody could take it")
        LATE = "late", _("It waited too long")
        ASKED = "asked", _("Somebody asked for help")

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
    trashed_at = models.DateTimeField(
        null=True
    )  # since when it is in the trash, which is emptied (tickets.trash)
    follow_up_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="follow_ups"
    )
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")

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
    escalated_at = models.DateTimeField(null=True)  # until somebody takes or moves it
    escalation_reason = models.CharField(
        max_length=10, choices=EscalationReason, blank=True, default="", db_default=""
    )
    due_at = models.DateTimeField(null=True)  # the nearest promise that is to be kept, or was not (promising)
    marks = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True)

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
            models.Index(fields=["trashed_at"], name="ticket_trash", condition=Q(trashed_at__isnull=False)),
            models.Index(F("last_message_at").desc(), F("id").desc(), name="ticket_newest_message"),
            models.Index(
                WAITING_SINCE,
                "id",
                name="ticket_awake_by_waiting",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True),
            ),
            models.Index(
                F("priority").desc(),
                F("last_message_at").desc(),
                F("id").desc(),
                name="ticket_awake_by_priority",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True),
            ),
            GinIndex(fields=["tags"], name="ticket_tags"),
            models.Index(
                fields=["escalated_at"], name="ticket_escalated", condition=Q(escalated_at__isnull=False)
            ),
            models.Index(
                fields=["department", "id"],
                name="ticket_unassigned",
                condition=Q(assignee__isnull=True, status__in=UNFINISHED, is_spam=False)
                & Q(snoozed_until__isnull=True, queued_at__isnull=False),
            ),
            models.Index(
                DUE_AT,
                "id",
                name="ticket_awake_by_due",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True),
            ),
            # All that the monitor and the agents' loads are counted from, without a look at the rows.
            models.Index(
                fields=["department", "waiting_since", "id"],
                include=["assignee", "channel", "status", "first_replied_at"],
                name="ticket_waits_for_us",
                condition=Q(status__in=UNFINISHED, is_spam=False, snoozed_until__isnull=True)
                & Q(trashed_at__isnull=True, waiting_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    def get_status_display(self) -> str:
        """As Django's own, which translates every status to find the one."""
        return str(self.Status(self.status).label)

    def get_priority_display(self) -> str:
        return str(self.Priority(self.priority).label)

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def is_real(self) -> bool:
        """As `real()`: nothing is said by itself to whoever is spam or in the trash."""
        return not self.is_spam and self.trashed_at is None


class Participant(models.Model):
    """Somebody besides the requester (`ticket.contact`) who belongs to the conversation and gets its answers."""

    class Role(models.TextChoices):
        REQUESTER = "requester", _("also asks")
        CC = "cc", _("in copy")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="participants")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="participations")
    role = models.CharField(max_length=10, choices=Role, default=Role.CC)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "contact"], name="participant_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} on #{self.ticket_id}"


class TicketMerge(models.Model):
    """One ticket put into another, with what is needed to take them apart again."""

    kept = models.ForeignKey(Ticket, models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Ticket, models.CASCADE, related_name="merged_by")
    messages = ArrayField(models.BigIntegerField(), default=list)  # those that moved over, by their ids
    before = models.JSONField(default=dict)  # of the one that is gone: status and times as they were
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="ticket_merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.gone_id} into #{self.kept_id}"
