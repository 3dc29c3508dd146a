"""What the saved time rests on: the form on the page, and saving it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from funnel.invest.money import CURRENCIES
from funnel.invest.savings import exact
from funnel.models import Assumptions
from helpdesk.errors import NotAllowed
from helpdesk.people.models import User

DECIMALS = ("minutes_per_conversation", "cost_per_hour", "tool_cost_per_month")


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
        saved = {name: plain(getattr(instance, name)) for name in DECIMALS}
        saved["would_write"] = plain(exact(instance.readers_who_would_write) * 100)
        super().__init__(data, instance=instance, initial=saved, auto_id="assume-%s")
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


def form_of(asked: QueryDict) -> AssumptionsForm:
    """The form with the values of a request, those it does not name as they are saved; unbound where it names none."""
    saved = AssumptionsForm(instance=Assumptions.get())
    if not any(name in asked for name in saved.fields):
        return saved
    missing = {name: saved[name].value() for name in saved.fields if name not in asked}
    return AssumptionsForm(asked.dict() | missing, instance=saved.instance)


def plain(number: Decimal | float | None) -> Decimal | None:
    """Without the zeros that end it."""
    return None if number is None else Decimal(f"{exact(number).normalize():f}")


def save_assumptions(assumptions: Assumptions, *, by: User) -> None:
    """Admins decide what everybody's report assumes. Raises NotAllowed for others."""
    if not by.is_admin:
        raise NotAllowed
    assumptions.pk = Assumptions.ONLY
    assumptions.save()
