"""The parts of the team."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from routing.models.hours import BusinessHours


class Department(models.Model):
    """A part of the team by place, product, brand, business unit or skill level (row R1)."""

    class Kind(models.TextChoices):
        SUBJECT = "subject", _("by subject")
        PLACE = "place", _("by place")
        PRODUCT = "product", _("by product")
        BRAND = "brand", _("by brand")
        UNIT = "unit", _("by business unit")
        LEVEL = "level", _("by skill level")

    class Assigning(models.TextChoices):
        BY_HAND = "by_hand", _("Agents take their tickets themselves")
        AUTOMATIC = "automatic", _("Tickets come to whoever is there and has the least to do")

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(_("what it is for"), max_length=200, blank=True)
    kind = models.CharField(
        _("a part of the team"), max_length=10, choices=Kind, default=Kind.SUBJECT, db_default=Kind.SUBJECT
    )
    is_restricted = models.BooleanField(_("only members and admins see its tickets"), default=False)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="departments", blank=True
    )
    hours = models.ForeignKey(
        BusinessHours,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="departments",
        verbose_name=_("business hours"),
    )
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True, db_default=[])
    channels = ArrayField(models.CharField(max_length=20), default=list, blank=True, db_default=[])
    signature = models.TextField(_("signature"), blank=True, db_default="")
    assigning = models.CharField(
        _("how its tickets find an agent"),
        max_length=10,
        choices=Assigning,
        default=Assigning.BY_HAND,
        db_default=Assigning.BY_HAND,
    )
    accept_seconds = models.PositiveSmallIntegerField(
        _("seconds in which a chat has to be opened before the next agent gets it"),
        default=60,
        db_default=60,
        validators=[MaxValueValidator(3600)],
    )
    skill_minutes = models.PositiveSmallIntegerField(
        _("minutes a ticket waits for somebody with the skill it needs"),
        default=5,
        db_default=5,
        validators=[MaxValueValidator(1440)],
    )
    absence_minutes = models.PositiveSmallIntegerField(
        _("minutes until the waiting tickets of somebody who left go to others"),
        default=10,
        db_default=10,
        validators=[MaxValueValidator(1440)],
    )
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_automatic(self) -> bool:
        return self.is_active and self.assigning == self.Assigning.AUTOMATIC


class Membership(models.Model):
    """Somebody works in a department. Its leads see its figures and are told what goes wrong."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        LEAD = "lead", _("lead")

    department = models.ForeignKey(Department, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    role = models.CharField(max_length=6, choices=Role, default=Role.MEMBER, db_default=Role.MEMBER)

    class Meta:
        db_table = "routing_department_members"
        unique_together = [("department", "user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.department_id}"
