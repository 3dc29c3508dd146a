from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Assumptions(models.Model):
    """What the saved time and money rest on. One row; until an admin saves it, the defaults hold."""

    ONLY = 1

    readers_who_would_write = models.DecimalField(
        _("share of helped readers who would have written to us"),
        max_digits=4,
        decimal_places=3,
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    minutes_per_conversation = models.DecimalField(
        _("minutes a teammate works on a simple conversation"),
        max_digits=5,
        decimal_places=1,
        default=6,
        validators=[MinValueValidator(0), MaxValueValidator(1000)],
    )
    cost_per_hour = models.DecimalField(
        _("cost of a teammate's hour"),
        max_digits=8,
        decimal_places=2,
        default=30,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    tool_cost_per_month = models.DecimalField(
        _("cost of self-service tools each month"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    def __str__(self) -> str:
        return "Assumptions"

    @classmethod
    def get(cls) -> "Assumptions":
        """The saved row, or the defaults, not saved: looking at a report writes nothing."""
        return cls.objects.filter(pk=cls.ONLY).first() or cls(pk=cls.ONLY)


class Signal(models.Model):
    """One place to invest in, found in the figures by a rule. It stays after it was acted on, to say whether it moved."""

    class State(models.TextChoices):
        NEW = "new"
        TAKEN = "taken"  # somebody works on it
        DISMISSED = "dismissed"

    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=120)  # which article, department, topic or span of hours
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    figures = models.JSONField(default=dict)  # what the sentence is filled with, as last reckoned
    weight = models.FloatField(default=0)  # hours it may save a month: the order of the list
    figure = models.FloatField(
        null=True
    )  # the one figure that should move; that of the day of the decision is kept
    figure_when_decided = models.FloatField(null=True)
    is_standing = models.BooleanField(default=True)  # the rule still finds it
    found_at = models.DateTimeField()
    reckoned_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="signal_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
