"""Bots that ask: what a customer is asked while nobody is there yet, and how far each conversation has come."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.tickets.models import Message, Ticket
from routing.models.department import Department


class Bot(models.Model):
    """A row of questions. Triggers start it (the action `bot`).

    `opening`, `closing` and the texts in `questions` are {language: text}. `questions` is a list of what
    routing.bots.questions.Question reads; all is written through routing.bots.saving only, which refuses what could not run.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_active = models.BooleanField(_("on"), default=True)
    opening = models.JSONField(default=dict, blank=True)  # said before the first question
    questions = models.JSONField(default=list)
    closing = models.JSONField(default=dict, blank=True)  # said at the end; none: our own words
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, verbose_name=_("move to"), related_name="+"
    )
    asks_rules = models.BooleanField(_("ask the assignment rules again"), default=False)
    patience_minutes = models.PositiveSmallIntegerField(
        _("minutes without an answer"), default=5, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BotRun(models.Model):
    """A bot's conversation on one ticket. While it has not ended no agent is given the ticket by itself."""

    class Reason(models.TextChoices):
        """Why it ended."""

        DONE = "done", _("all was asked")
        PERSON = "person", _("the customer asked for a person")
        SILENCE = "silence", _("no answer came")
        MAIL = "mail", _("the customer went on by mail")
        CARE = "care", _("it is left to people")
        TAKEN = "taken", _("somebody of the team has it")
        OVER = "over", _("the ticket was closed, merged or put away")
        OFF = "off", _("the bot was switched off")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="bot_runs")
    bot = models.ForeignKey(Bot, models.CASCADE, related_name="runs")
    position = models.PositiveSmallIntegerField(default=0)  # of the question that stands
    misses = models.PositiveSmallIntegerField(default=0)  # how often it was not understood
    asked = models.ForeignKey(Message, models.SET_NULL, null=True, db_index=False, related_name="+")
    asked_at = models.DateTimeField()  # the last question; before, no message is an answer to it
    heard = models.BigIntegerField(default=0)  # the newest message (its id) that was looked at
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, related_name="+"
    )  # as was answered
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=8, choices=Reason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="one_bot_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="bot_run_going", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.bot} on #{self.ticket_id}"
