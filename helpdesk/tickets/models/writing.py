"""What helps agents while they read and write."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.tickets.models.ticket import Ticket


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
