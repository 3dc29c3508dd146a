"""When somebody is there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BusinessHours(models.Model):
    """When a team is there. Of several rows one is the workspace's; with none it is always open.

    `weekly` is [[weekday, "09:00", "18:00"], ...], Monday 0, as many a day as wanted; an end that is not
    after its start lies on the next day, "24:00" is midnight. `holidays` are the days that are unlike the week, each
    "2026-12-25", ["2026-12-25", "Christmas"] or ["2026-12-24", "Christmas Eve", [["09:00", "13:00"]]]; "12-25" is every
    year's. What begins on such a day is what stands here, and nothing else.
    """

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    weekly = models.JSONField(default=list, blank=True)
    holidays = models.JSONField(default=list, blank=True)
    is_default = models.BooleanField(_("for every department without hours of its own"), default=False)

    class Meta:
        ordering = ["-is_default", "name"]
        verbose_name_plural = "business hours"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_hours"
            )
        ]

    def __str__(self) -> str:
        return self.name
