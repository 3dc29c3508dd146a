"""The editor of a survey policy."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.actions import normal_tag
from routing.models import Department, SurveyPolicy

UNITS = (("1", _("minutes")), ("60", _("hours")), ("1440", _("days")))


class SurveyPolicyForm(forms.ModelForm):
    """The waiting time is a number and its unit; the question has a field a language, "question_en" and so on."""

    departments = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Inbox.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all."),
    )
    wait = forms.IntegerField(
        label=_("How long after closing"), min_value=0, max_value=10_000, required=False
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)

    class Meta:
        model = SurveyPolicy
        fields = [
            "name",
            "departments",
            "channels",
            "asks",
            "sample_percent",
            "rest_days",
            "asks_closed_alone",
            "asks_sensitive",
            "style",
            "tells_bad",
            "tag_bad",
            "reopens_bad",
        ]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["departments"].queryset = Department.objects.filter(is_active=True)
        if self.instance.pk:
            self.initial["departments"] = self.instance.departments.all()
        self.initial["wait"], self.initial["unit"] = in_units(self.instance.wait_minutes)
        for code, name in settings.LANGUAGES:
            self.fields[f"question_{code}"] = forms.CharField(
                label=name,
                max_length=200,
                required=False,
                initial=self.instance.questions.get(code, ""),
                widget=forms.TextInput(attrs={"dir": "auto", "lang": code}),
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[f"question_{code}"] for code, _name in settings.LANGUAGES]

    def clean_tag_bad(self) -> str:
        return normal_tag(self.cleaned_data["tag_bad"])

    def clean(self) -> dict:
        data = super().clean()
        minutes = (data.get("wait") or 0) * int(data.get("unit") or 1)
        if minutes > 14 * 24 * 60:
            self.add_error("wait", _("At most 14 days."))
        self.instance.wait_minutes = minutes
        self.instance.questions = {
            code: data[f"question_{code}"]
            for code, _name in settings.LANGUAGES
            if data.get(f"question_{code}")
        }
        return data


def in_units(minutes: int) -> tuple[int, str]:
    """(90, "1"), (2, "60"), (3, "1440"): in the greatest unit that comes out even."""
    factor = next(factor for factor in (1440, 60, 1) if minutes % factor == 0) if minutes else 1
    return minutes // factor, str(factor)
