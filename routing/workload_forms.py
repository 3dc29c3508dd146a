"""Forms of what agents can carry, of skills, and of shifts."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.jobs import queue
from helpdesk.people.models import User
from routing.assignment.shifts import DAYS, monday_of
from routing.models import LoadSettings, Shift, Skill, Workload
from routing.models.assignment import MOST_POINTS

MOST_WEIGHT = 100


class WeightsForm(forms.ModelForm):
    """One number field a channel ("weight_email"); left empty, the one in its place counts."""

    def add_weights(self, own: Mapping[str, int], usual: Mapping[str, int]) -> None:
        for kind, label in Inbox.Kind.choices:
            self.fields[f"weight_{kind}"] = forms.IntegerField(
                label=label,
                required=False,
                min_value=1,
                max_value=MOST_WEIGHT,
                initial=own.get(kind),
                widget=forms.NumberInput(attrs={"placeholder": usual[kind], "inputmode": "numeric"}),
            )

    @property
    def weights(self) -> list[forms.BoundField]:
        return [self[f"weight_{kind}"] for kind in Inbox.Kind.values]

    def read_weights(self) -> dict[str, int]:
        found = {kind: self.cleaned_data.get(f"weight_{kind}") for kind in Inbox.Kind.values}
        return {kind: points for kind, points in found.items() if points}


class RatesForm(WeightsForm):
    class Meta:
        model = LoadSettings
        fields = ["capacity"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        usual = {kind: LoadSettings.WEIGHTS.get(kind, 1) for kind in Inbox.Kind.values}
        self.add_weights(self.instance.weights, usual)

    def save(self, commit: bool = True) -> LoadSettings:
        self.instance.weights = self.read_weights()
        saved = super().save(commit)
        give_out_anew()
        return saved


class WorkloadForm(WeightsForm):
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Inbox.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What comes to them by itself outside planned shifts; none chosen means all."),
    )
    skills = forms.ModelMultipleChoiceField(
        label=_("Skills"),
        queryset=Skill.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    capacity = forms.IntegerField(
        label=_("Points they can carry"), required=False, min_value=1, max_value=MOST_POINTS
    )

    class Meta:
        model = Workload
        fields = ["capacity", "channels"]

    def __init__(self, *arguments: Any, rates: LoadSettings, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.add_weights(self.instance.weights, {kind: rates.weight_of(kind) for kind in Inbox.Kind.values})
        self.fields["capacity"].widget.attrs["placeholder"] = rates.capacity
        self.initial["skills"] = self.instance.user.skills.all()

    @transaction.atomic
    def save(self, commit: bool = True) -> Workload:
        """Only the fields of the form: a recall may come in between."""
        self.instance.weights = self.read_weights()
        self.instance.save(update_fields=["capacity", "channels", "weights"])
        self.instance.user.skills.set(self.cleaned_data["skills"])
        give_out_anew()
        return self.instance


def give_out_anew() -> None:
    """Somebody may have room now."""
    transaction.on_commit(lambda: queue("routing.tasks.assign_waiting"))


class ShiftForm(forms.ModelForm):
    user = forms.ModelChoiceField(label=_("Agent"), queryset=User.objects.none())
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    opens = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(
        label=_("To"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("An end that is not after its start lies on the next day."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Inbox.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What comes to them by itself in this shift; none chosen means all."),
    )
    also_on = forms.MultipleChoiceField(
        label=_("The same on"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Shift
        fields = ["user", "on", "opens", "closes", "channels"]

    def __init__(self, *arguments: Any, week: date, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["user"].queryset = User.objects.agents()
        monday = monday_of(week)
        days = [monday + timedelta(days=number) for number in range(DAYS)]
        self.fields["also_on"].choices = [
            (day.isoformat(), capfirst(date_format(day, "l")))
            for day in days
            if day != self.initial.get("on")
        ]

    def clean_also_on(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.cleaned_data["also_on"]]
