from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Attribute(models.Model):
    """What the team wants to know of its customers or their companies, beside what everybody has: a name and a type.

    The values stand in `Contact.attributes` and `Company.attributes` under `key`, which is how sites and programs
    call it. A definition that is retired leaves them there, as plain text.
    """

    class Of(models.TextChoices):
        PERSON = "person", pgettext_lazy("attribute of", "Person")
        COMPANY = "company", pgettext_lazy("attribute of", "Company")

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("type", "Text")
        NUMBER = "number", pgettext_lazy("type", "Number")
        DATE = "date", pgettext_lazy("type", "Date")
        YES_NO = "yes_no", pgettext_lazy("type", "Yes or no")
        CHOICE = "choice", pgettext_lazy("type", "Choice")
        LINK = "link", pgettext_lazy("type", "Link")

    of = models.CharField(max_length=7, choices=Of, default=Of.PERSON)
    key = models.CharField(max_length=40)
    name = models.CharField(
        max_length=80, blank=True
    )  # "": as STANDARD_NAMES calls it, in each one's language
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TEXT)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_folded = models.BooleanField(default=False)  # below "More"
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "key"], name="attribute_once")]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> str | Promise:
        return self.name or STANDARD_NAMES.get(self.key, self.key)


STANDARD_NAMES: dict[str, str | Promise] = {
    "plan": pgettext_lazy("what somebody has bought", "Plan"),
    "products": _("Products"),
    "spend": _("Spend"),
}
