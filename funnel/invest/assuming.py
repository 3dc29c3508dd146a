"""What the saved time rests on: the form on the page, and saving it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funnel.invest.money import CURRENCIES
from funnel.models import Assumptions
from helpdesk.errors import NotAllowed
from helpdesk.people.models import User


class AssumptionsForm(forms.ModelForm):
    """Readers are asked for percent; a share of 1 is stored."""

    would_write = forms.DecimalField(
        label=_("Helped readers who would have written to us, in percent"),
        min_value=0,
        max_value=100,
        decimal_places=1,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)

    class Meta:
        model = Assumptions
        fields = ("minutes_per_conversation", "cost_per_hour", "currency", "tool_cost_per_month")
        labels = {
            "minutes_per_conversation": _("Minutes of work on a simple conversation"),
            "cost_per_hour": _("Cost of a teammate's hour"),
            "tool_cost_per_month": _("Cost of self-service tools each month"),
        }

    def __init__(self, data: Any = None, *, instance: Assumptions) -> None:
        percent = (instance.readers_who_would_write or 0) * 100
        super().__init__(
            data, instance=instance, initial={"would_write": f"{float(percent):g}"}, auto_id="assume-%s"
        )
        if instance.currency not in dict(CURRENCIES):
            self.fields["currency"].choices = [(instance.currency, instance.currency), *CURRENCIES]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label  # they stand inside a sentence
            if name != "currency":
                field.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if asked.get("would_write") is not None:
            self.instance.readers_who_would_write = asked["would_write"] / 100
        return asked

    @property
    def in_order(self) -> list[forms.BoundField]:
        names = (
            "would_write",
            "minutes_per_conversation",
            "cost_per_hour",
            "currency",
            "tool_cost_per_month",
        )
        return [self[name] for name in names]

    @property
    def is_filled(self) -> bool:
        """Whether the request holds any of its fields: else it only asks to see what is saved."""
        return any(name in self.data for name in self.fields)


def save_assumptions(assumptions: Assumptions, *, by: User) -> None:
    """Admins decide what everybody's report assumes. Raises NotAllowed for others."""
    if not by.is_admin:
        raise NotAllowed
    assumptions.pk = Assumptions.ONLY
    assumptions.save()
