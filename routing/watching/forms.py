"""The editor of a threshold, and of what holds under high load."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User, Workspace
from routing.models import Department, HighLoad, Threshold
from routing.watching.saying import SHARES

Figure = Threshold.Figure
DIRECTIONS = (("", _("is over")), ("1", _("is under")))


class ThresholdForm(forms.ModelForm):
    """One sentence: when this figure, there, is over so much for so long, tell these."""

    is_below = forms.TypedChoiceField(
        label=_("Direction"), choices=DIRECTIONS, coerce=bool, empty_value=False, required=False
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", _("all channels")), *Inbox.Kind.choices], required=False
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label=_("all departments"),
        required=False,
    )
    tells = forms.MultipleChoiceField(
        label=_("Tell"), choices=Threshold.Tells, widget=forms.CheckboxSelectMultiple, required=False
    )
    people = forms.ModelMultipleChoiceField(
        label=_("These people"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Threshold
        fields = ["figure", "channel", "department", "is_below", "amount", "minutes", "tells", "people"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["department"].queryset = Department.objects.filter(is_active=True)
        self.fields["people"].queryset = User.objects.agents()
        self.fields["figure"].choices = Figure.choices
        if self.instance.pk:
            self.initial["is_below"] = "1" if self.instance.is_below else ""

    def clean(self) -> dict:
        data = super().clean()
        figure, amount = data.get("figure"), data.get("amount")
        if figure in SHARES and amount is not None and amount > 100:
            self.add_error("amount", _("At most 100 percent."))
        if figure == Figure.LOAD and data.get("channel"):
            self.add_error("channel", _("The load is of people, whatever they serve: choose all channels."))
        told = set(data.get("tells") or ()) - {Threshold.Tells.PEOPLE}
        data["tells"] = [each for each in Threshold.Tells.values if each in told]
        if data.get("people"):
            data["tells"].append(Threshold.Tells.PEOPLE.value)
        if not data["tells"]:
            self.add_error("tells", _("Choose whom to tell."))
        return data


class HighLoadForm(forms.ModelForm):
    """`busy_visitors` is the workspace's: the table of visitors asks it."""

    busy_visitors = Workspace._meta.get_field("busy_visitors").formfield()

    class Meta:
        model = HighLoad
        fields = ["hides_place_from", "offers_mail_from"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.initial["busy_visitors"] = Workspace.get().busy_visitors

    def clean(self) -> dict:
        data = super().clean()
        first, second = data.get("hides_place_from"), data.get("offers_mail_from")
        if first and second and second < first:
            self.add_error("offers_mail_from", _("Not below the number of the first level."))
        return data

    def save(self, commit: bool = True) -> HighLoad:
        """The level stays as it is; the sweep is the one that changes it."""
        asked = self.cleaned_data
        Workspace.objects.filter(pk=Workspace.ONLY).update(busy_visitors=asked["busy_visitors"])
        numbers = {name: asked[name] for name in self.Meta.fields}
        return HighLoad.objects.update_or_create(pk=HighLoad.ONLY, defaults=numbers)[0]
