from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """Tickets under a name, for one agent, for a department or for everybody: those that a query of the search box finds
    and, where the view has `conditions` (helpdesk.conditions), that these hold for. One of the two may be empty."""

    class Audience(models.TextChoices):
        ME = "me", _("Only me")
        DEPARTMENT = "department", _("A department")
        EVERYBODY = "everybody", _("Everybody")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=400, blank=True)
    conditions = models.JSONField(_("conditions"), default=dict, db_default={}, blank=True)
    sort = models.CharField(_("order"), max_length=12, default="newest")
    audience = models.CharField(_("who sees it"), max_length=10, choices=Audience, default=Audience.ME)
    department = models.ForeignKey(
        "routing.Department",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="+",
    )
    position = models.IntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)  # it can be taken back for a while

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="department", department__isnull=False)
                | ~Q(audience="department") & Q(department__isnull=True),
                name="view_of_department",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.audience != self.Audience.ME
