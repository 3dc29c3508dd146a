"""Forms of departments and business hours."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.inboxes.models import Inbox
from helpdesk.people.forms import time_zone_choices
from helpdesk.people.models import User, Workspace
from routing.models import BusinessHours, Department
from routing.week import read_day, read_holidays, write_day, write_holidays

MONDAY = date(2024, 1, 1)


class DepartmentForm(forms.ModelForm):
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    USUAL = (
        "kind",
        "assigning",
        "accept_seconds",
        "skill_minutes",
        "absence_minutes",
    )  # left empty, as it was

    leads = forms.ModelMultipleChoiceField(
        label=_("Leads"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "They see its figures in the monitor, and are told what goes wrong. Who leads is a member, too."
        ),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("In which it answers. The team sees it where a ticket is handed over."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Inbox.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Which tickets are given out by themselves; none chosen means all."),
    )

    class Meta:
        model = Department
        fields = [
            *("name", "description", "kind", "hours", "is_restricted", "languages", "channels", "signature"),
            *("assigning", "accept_seconds", "skill_minutes", "absence_minutes"),
        ]
        widgets = {"assigning": forms.RadioSelect, "signature": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "description": _("For the team: which questions belong here."),
            "signature": _("Under mails from here, where an agent has none of their own."),
            "accept_seconds": _("0: a chat stays with whom it was given to."),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["members"].queryset = User.objects.agents()
        self.fields["hours"].empty_label = _("Those of the workspace")
        self.fields["leads"].queryset = User.objects.agents()
        for name in self.USUAL:
            self.fields[name].required = False
        if self.instance.pk:
            self.initial["members"] = self.instance.members.all()
            self.initial["leads"] = self.instance.members.filter(membership__role="lead")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in self.USUAL:
            if data.get(name) in (None, ""):
                data[name] = getattr(self.instance, name)
        data["members"] = {*(data.get("members") or ()), *(data.get("leads") or ())}
        return data


class HoursForm(forms.ModelForm):
    """One text field a weekday ("day_0" is Monday), and the holidays as lines."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
    days_off = forms.CharField(
        label=_("Holidays and special days"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 5, "placeholder": "12-25 Christmas\n2026-12-24 9-13 Christmas Eve"}
        ),
        help_text=_(
            "One a line: the date, and its name if you like. 12-25 is every year’s, 2026-12-25 is this one day. Nobody is"
            " there on these days; with hours behind the date (2026-12-24 9-13) just then, whatever the week says."
        ),
    )

    # Not in Meta.fields: there the unique constraint would refuse what save() puts right.
    is_default = forms.BooleanField(label=_("For every department without hours of its own"), required=False)

    class Meta:
        model = BusinessHours
        fields = ["name", "time_zone"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.initial.setdefault("days_off", write_holidays(self.instance.holidays))
        self.initial.setdefault("is_default", self.instance.is_default)
        if self.instance.pk is None:
            self.initial["time_zone"] = Workspace.get().time_zone
        for weekday in range(7):
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=capfirst(date_format(MONDAY + timedelta(days=weekday), "l")),
                required=False,
                max_length=120,
                initial=write_day(self.instance.weekly, weekday),
                widget=forms.TextInput(
                    attrs={"placeholder": pgettext_lazy("day", "Closed"), "class": "input"}
                ),
            )

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{weekday}"] for weekday in range(7)]

    def clean_days_off(self) -> list:
        return read_holidays(self.cleaned_data["days_off"])

    def clean(self) -> dict:
        data = super().clean()
        weekly = []
        for weekday in range(7):
            try:
                weekly += [[weekday, *span] for span in read_day(data.get(f"day_{weekday}", ""))]
            except forms.ValidationError as refusal:
                self.add_error(f"day_{weekday}", refusal)
        data["weekly"] = weekly
        return data

    def drafted(self) -> BusinessHours:
        """The hours as they are typed, as far as they make sense; not saved."""
        data = getattr(self, "cleaned_data", {})
        return BusinessHours(
            time_zone=data.get("time_zone") or Workspace.get().time_zone,
            weekly=data.get("weekly", []),
            holidays=data.get("days_off", []),
        )

    @transaction.atomic
    def save(self, commit: bool = True) -> BusinessHours:
        hours = super().save(commit=False)
        hours.weekly, hours.holidays = self.cleaned_data["weekly"], self.cleaned_data["days_off"]
        hours.is_default = self.cleaned_data["is_default"]
        if hours.is_default:
            BusinessHours.objects.exclude(pk=hours.pk).update(is_default=False)
        hours.save()
        return hours
