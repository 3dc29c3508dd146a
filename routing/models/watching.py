"""What somebody wants to be told of while it goes wrong, and what holds when very many write at once."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from routing.models.department import Department


class Threshold(models.Model):
    """A bound of one of the monitor's figures: whoever is named is told when it has been passed for so many minutes, and
    not again until the figure was normal for a while. Its state is written by routing.watching.alerts only."""

    class Figure(models.TextChoices):
        WAITING = "waiting", _("how many wait")
        LONGEST = "longest", _("the longest wait, in minutes")
        MEAN = "mean", _("the mean wait, in minutes")
        MISSED = "missed", _("missed chats of 30 minutes")
        LATE = "late", _("late promises")
        LOAD = "load", _("the load of those at their desk, in percent")
        CONTENT = "content", _("content customers of the last hour, in percent")

    class Tells(models.TextChoices):
        ADMINS = "admins", _("the admins")
        LEADS = "leads", _("the leads")
        PEOPLE = "people", _("these people")

    figure = models.CharField(_("figure"), max_length=8, choices=Figure)
    is_below = models.BooleanField(_("direction"), default=False)
    amount = models.PositiveIntegerField(_("bound"), validators=[MaxValueValidator(100_000)])
    minutes = models.PositiveSmallIntegerField(
        _("for how many minutes"), default=5, validators=[MaxValueValidator(24 * 60)]
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Inbox.Kind, blank=True)  # "": all
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="thresholds"
    )  # null: all
    tells = ArrayField(models.CharField(max_length=8, choices=Tells), default=list)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    is_active = models.BooleanField(_("on"), default=True)
    passed_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # null: nothing goes wrong, or not for long enough
    normal_since = models.DateTimeField(null=True)  # after it was told of

    class Meta:
        ordering = ["figure", "amount", "id"]

    def __str__(self) -> str:
        return f"{self.figure} {'<' if self.is_below else '>'} {self.amount}"


class HighLoad(models.Model):
    """When the widget says less, and offers more, because too many chats wait for too few people. One row, `HighLoad.get()`;
    the state is written by routing.watching.overload only."""

    ONLY = 1

    class Level(models.IntegerChoices):
        NONE = 0, _("usual")
        PLACE_HIDDEN = 1, _("the widget does not show the place in the queue")
        MAIL_OFFERED = 2, _("the widget offers an answer by mail at once")

    hides_place_from = models.PositiveSmallIntegerField(
        _("Waiting chats per agent from which the place in the queue is not shown"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    offers_mail_from = models.PositiveSmallIntegerField(
        _("Waiting chats per agent from which an answer by mail is offered at once"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.NONE)
    level_since = models.DateTimeField(null=True)
    lower_since = models.DateTimeField(null=True)  # since when a lower level would do

    def __str__(self) -> str:
        return f"level {self.level}"

    @classmethod
    def get(cls) -> "HighLoad":
        return cls.objects.filter(pk=cls.ONLY).first() or cls(pk=cls.ONLY)
