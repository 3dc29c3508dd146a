"""Who gets which ticket: rules, what each agent can carry, shifts, and why it came so."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routing.models.department import Department

CHANNELS = models.CharField(max_length=20)
MOST_POINTS = 1000


class Skill(models.Model):
    """Something that not everybody can do: a language, a product, a level."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    agents = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="skills", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AssignmentRule(models.Model):
    """Where a new ticket goes: of the rules that are on, the first whose conditions hold (a group of helpdesk.conditions).

    It leads to a department, an agent, whoever has a skill, or several of these. Written through
    routing.assignment.saving only.
    """

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on"), default=True)
    conditions = models.JSONField(default=dict, blank=True)
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="rules")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="assignment_rules"
    )
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="rules")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class LoadSettings(models.Model):
    """What holds for every agent who has nothing of their own. One row; `LoadSettings.get()`."""

    ONLY = 1
    WEIGHTS = {"webchat": 3, "telegram": 2, "phone": 3, "email": 1, "api": 1}

    capacity = models.PositiveSmallIntegerField(
        _("points an agent can carry"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)],
    )
    weights = models.JSONField(default=dict, blank=True)  # channel -> points of one open ticket

    def __str__(self) -> str:
        return f"{self.capacity} points"

    @classmethod
    def get(cls) -> "LoadSettings":
        return cls.objects.filter(pk=cls.ONLY).first() or cls(pk=cls.ONLY)

    def weight_of(self, channel: str) -> int:
        return self.weights.get(channel) or self.WEIGHTS.get(channel, 1)


class Workload(models.Model):
    """What one agent can carry and which channels they serve. Whoever gives an agent a ticket by itself holds this row's
    lock: so nobody gets more than they can carry."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="workload"
    )
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)  # null: as everybody
    weights = models.JSONField(default=dict, blank=True)  # channel -> points, where it is not as everybody's
    channels = ArrayField(CHANNELS, default=list, blank=True)  # outside shifts; empty: all
    given_at = models.DateTimeField(null=True)  # the last ticket that came by itself
    recalled_at = models.DateTimeField(
        null=True
    )  # a recall: until its end it comes before shift and channels
    recalled_until = models.DateTimeField(null=True)
    recalled_to = ArrayField(CHANNELS, default=list, blank=True)  # channels; empty: all
    recalled_into = models.ForeignKey(Department, models.SET_NULL, null=True, related_name="+")
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["recalled_until"],
                name="workload_recalled",
                condition=Q(recalled_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"workload of {self.user_id}"


class Shift(models.Model):
    """When somebody works on a day and which channels they serve then, in the workspace's time zone; an end that is not
    after its start lies on the next day. `starts_at` and `ends_at` are the same as instants."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shifts")
    on = models.DateField()
    opens = models.TimeField()
    closes = models.TimeField()
    channels = ArrayField(CHANNELS, default=list, blank=True)  # empty: all
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["on", "opens"]
        constraints = [models.UniqueConstraint(fields=["user", "on", "opens"], name="shift_once")]
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="shift_running")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Placement(models.Model):
    """What automatic assignment has to remember of a ticket: the skill it needs, and to whom it was offered.

    A chat is offered until its agent has opened it: `accept_by`; later the next one gets it. Who let it pass is in `missed`,
    as often as they did.
    """

    ticket = models.OneToOneField(
        "tickets.Ticket", models.CASCADE, primary_key=True, related_name="placement"
    )
    skill = models.ForeignKey(Skill, models.SET_NULL, null=True, related_name="+")
    skill_until = models.DateTimeField(null=True)  # then anyone of the department will do
    offered_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField(null=True)
    accept_by = models.DateTimeField(null=True)  # null: it was accepted, or needs no accepting
    missed = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        indexes = [
            models.Index(
                fields=["accept_by"], name="placement_to_accept", condition=Q(accept_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"placement of #{self.ticket_id}"


class Trace(models.Model):
    """Why a ticket is where it is: one step of its way, kept for 90 days. What `data` holds says
    routing.assignment.tracing."""

    class Step(models.TextChoices):
        RULES = "rules"  # the assignment rules were asked
        GIVEN = "given"  # automatic assignment found an agent
        RETURNED = "returned"  # it went back to the queue

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="traces")
    event = models.BigIntegerField(null=True)  # the fact that began it: rules are asked once for it
    step = models.CharField(max_length=8, choices=Step)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "step"], name="trace_once", condition=Q(event__isnull=False)
            )
        ]
        indexes = [
            models.Index(fields=["ticket", "-at", "-id"], name="trace_of_ticket"),
            models.Index(fields=["at"], name="trace_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.step} of #{self.ticket_id}"
