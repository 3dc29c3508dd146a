from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Contact, User
from helpdesk.tickets.models import Ticket


class ProactiveQuerySet(models.QuerySet):
    def live(self, moment: datetime) -> "ProactiveQuerySet":
        """Those that are on and whose time it is at `moment` (aware)."""
        begun = Q(starts_at=None) | Q(starts_at__lte=moment)
        not_over = Q(ends_at=None) | Q(ends_at__gt=moment)
        return self.filter(begun, not_over, is_active=True, inbox__is_active=True)


class ProactiveMessage(models.Model):
    """What the team says first, to whom, and when: shown as a card above the chat's button, once to each visitor.

    `conditions`: a group as in helpdesk.conditions, of what may be asked of a visitor. `texts`: the text in single languages, before `text`.
    """

    class Goal(models.TextChoices):
        NONE = "", _("nothing: opened and answered are enough")
        PAGE = "page", _("come to a page whose address contains")
        EVENT = "event", _("do what the site tracks as")

    name = models.CharField(max_length=80)  # for the team, never shown to customers
    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="proactive_messages")
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    text = models.TextField()
    texts = models.JSONField(default=dict, blank=True)
    sender = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # none: the shop
    conditions = models.JSONField(default=dict, blank=True)
    is_for_hours = models.BooleanField(default=False)  # only in business hours, while somebody is at the desk
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    # What the visitor is to do after it was shown, and within how long (goals.py).
    goal_kind = models.CharField(max_length=5, choices=Goal, default=Goal.NONE, blank=True, db_default="")
    goal = models.CharField(max_length=200, blank=True, default="", db_default="")
    goal_hours = models.PositiveSmallIntegerField(default=24, db_default=24)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProactiveQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    def text_in(self, language: str) -> str:
        return self.texts.get(language) or self.text


class ProactiveLimits(models.Model):
    """How often one visitor may be spoken to, over all messages. One row; `ProactiveLimits.get()` makes it."""

    ONLY = 1

    a_day = models.PositiveSmallIntegerField(
        _("messages to one visitor within 24 hours"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    pause_days = models.PositiveSmallIntegerField(
        _("days of quiet after somebody closed one"), default=7, validators=[MaxValueValidator(365)]
    )

    def __str__(self) -> str:
        return f"{self.a_day} / {self.pause_days}"

    @classmethod
    def get(cls) -> "ProactiveLimits":
        return cls.objects.filter(pk=cls.ONLY).first() or cls(pk=cls.ONLY)


class ProactiveSending(models.Model):
    """One message before one visitor, as they read it, and what became of it."""

    message = models.ForeignKey(ProactiveMessage, models.SET_NULL, null=True, related_name="sendings")
    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="+")
    visitor = models.UUIDField()
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    author = models.CharField(max_length=80, blank=True)  # "" is the shop
    text = models.TextField()
    shown_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    goal_at = models.DateTimeField(null=True)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "visitor"], name="proactive_once_a_visitor")
        ]
        indexes = [
            models.Index(fields=["visitor", "-shown_at"], name="proactive_of_visitor"),
            models.Index(fields=["message", "shown_at"], name="proactive_of_message"),
            models.Index(
                fields=["opened_at"],
                name="proactive_unanswered",
                condition=Q(opened_at__isnull=False, answered_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.visitor} {self.shown_at:%Y-%m-%d %H:%M}"
