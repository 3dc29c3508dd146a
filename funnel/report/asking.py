"""What the reader asks for: a period and a part of the desk, from the page's query or the command line."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funnel.report.period import Period, last_days, last_months
from funnel.report.scope import Scope
from funnel.sessions.facts import HELP_CENTER
from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Workspace

YEAR, MONTH, DAYS, CUSTOM = "year", "month", "days", "custom"
PERIODS = [
    (YEAR, _("Last 12 months")),
    (MONTH, _("This month")),
    (DAYS, _("Last 30 days")),
    (CUSTOM, _("Other")),
]
NO_DEPARTMENT = "none"
LONGEST = 366 * 5  # days


def reporting_zone() -> ZoneInfo:
    """Days and months are the workspace's, not the reader's."""
    return ZoneInfo(Workspace.get().time_zone)


@dataclass(frozen=True)
class Question:
    """One report, asked for. `words` is its spelling in a URL."""

    period: Period
    scope: Scope
    words: dict[str, str]


def department_model() -> Any:
    """The core and the packages beside us are not imported: the model is found by its name."""
    return apps.get_model("routing", "Department")


class QuestionForm(forms.Form):
    """The filters of the page. What is left empty is everything."""

    period = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False, widget=forms.RadioSelect)
    since = forms.DateField(
        label=pgettext_lazy("period", "From"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    until = forms.DateField(
        label=pgettext_lazy("period", "To"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [
            ("", _("All channels")),
            *Inbox.Kind.choices,
            (HELP_CENTER, _("Help center only")),
        ]
        departments = department_model().objects.values_list("pk", "name")
        self.fields["department"].choices = [
            ("", _("All departments")),
            *((str(pk), name) for pk, name in departments),
            (NO_DEPARTMENT, _("No department")),
        ]

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        since, until = asked.get("since"), asked.get("until")
        if asked.get("period") == CUSTOM and since and until:
            if since > until:
                self.add_error("until", _("The last day comes before the first."))
            elif (until - since).days > LONGEST:
                self.add_error("until", _("At most five years at once."))
        return asked

    def question(self) -> Question:
        """What was asked; where a field makes no sense, what is asked by default."""
        self.is_valid()
        asked = self.cleaned_data
        zone = reporting_zone()
        today = clock.now().astimezone(zone).date()
        since, until = asked.get("since"), asked.get("until")
        kind = asked.get("period") or YEAR
        if kind == CUSTOM and not self.errors and since and until:
            period = Period(since, until, zone)
        else:
            kind = kind if kind in {MONTH, DAYS} else YEAR
            period = standard_period(kind, today=today, zone=zone)
        channel, department = asked.get("channel") or "", asked.get("department") or ""
        words = {"period": kind, "channel": channel, "department": department}
        if kind == CUSTOM:
            words |= {"since": since.isoformat(), "until": until.isoformat()}
        return Question(
            period, scope_of(channel, department), {key: word for key, word in words.items() if word}
        )


def standard_period(kind: str, *, today: date, zone: ZoneInfo) -> Period:
    if kind == MONTH:
        return last_months(1, today=today, zone=zone)
    if kind == DAYS:
        return last_days(30, today=today, zone=zone)
    return last_months(12, today=today, zone=zone)


def scope_of(channel: str, department: str) -> Scope:
    """`department` is a row's id, "none", or empty for all."""
    channels = frozenset({channel} if channel else ())
    if not department:
        return Scope(channels)
    return Scope(channels, frozenset({None if department == NO_DEPARTMENT else int(department)}))
