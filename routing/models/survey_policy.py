"""Who is asked how it was, when, and in which words."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Survey
from routing.models.department import Department


class SurveyPolicy(models.Model):
    """Of those that are on, the first that fits a closed ticket says whether and how its customer is asked. Without one
    everybody is asked at once, with five faces."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("on"), default=True)
    departments = models.ManyToManyField(Department, blank=True, related_name="survey_policies")  # none: all
    channels = ArrayField(
        models.CharField(max_length=20, choices=Inbox.Kind), default=list, blank=True
    )  # none: all
    asks = models.BooleanField(_("ask the customer"), default=True)
    wait_minutes = models.PositiveIntegerField(
        _("minutes after closing"), default=0, validators=[MaxValueValidator(14 * 24 * 60)]
    )
    sample_percent = models.PositiveSmallIntegerField(
        _("percent of the closed tickets"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    rest_days = models.PositiveSmallIntegerField(
        _("days before the same customer is asked again"), default=0, validators=[MaxValueValidator(365)]
    )
    asks_closed_alone = models.BooleanField(_("also where no person closed the ticket"), default=False)
    asks_sensitive = models.BooleanField(_("also about sensitive matters"), default=False)
    style = models.CharField(_("how to rate"), max_length=6, choices=Survey.Style, default=Survey.Style.SCALE)
    questions = models.JSONField(
        default=dict, blank=True
    )  # language -> the question; "" or none: our own words
    tells_bad = models.BooleanField(_("tell the assignee and the department's leads"), default=True)
    tag_bad = models.CharField(_("tag"), max_length=40, blank=True)
    reopens_bad = models.BooleanField(_("reopen the ticket"), default=False)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "survey policies"

    def __str__(self) -> str:
        return self.name
