"""What the reader asks for: a period and a part of the desk, from the page's query or the command line."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funnel.models import Edition
from funnel.report.period import Period, a_year_before, last_days, last_months
from funnel.report.scope import Scope
from funnel.sessions.facts import HELP_CENTER
from funnel.tallies.cells import NO_DEPARTMENT
from funnel.tallies.editions import current_edition
from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Workspace

YEAR, MONTH, BEFORE, DAYS, CUSTOM = "year", "month", "before", "days", "custom"
PERIODS = [
    (YEAR, _("Last 12 months")),
    (BEFORE, _("Last month")),
    (MONTH, _("This month")),
    (DAYS, _("Last 30 days")),
    (CUSTOM, _("Other")),
]
PREVIOUS, LAST_YEAR = "previous", "last_year"
COMPARISONS = [(PREVIOUS, _("The period before")), (LAST_YEAR, _("The same a year before"))]
NO_LANGUAGE = "none"
CHANNELS = [*Inbox.Kind.choices, (HELP_CENTER, _("Help center only"))]
LANGUAGES = [*settings.LANGUAGES, (NO_LANGUAGE, _("Unknown"))]
LONGEST = 366 * 5  # days
# Around both there is room for the periods to compare with.
EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)


def reporting_zone() -> ZoneInfo:
    """Days and months are the workspace's, not the reader's; a changed zone holds once all is reckoned in it."""
    return zone_of(current_edition())


def zone_of(edition: Edition | None) -> ZoneInfo:
    return edition.zone if edition else ZoneInfo(Workspace.get().time_zone)


@dataclass(frozen=True)
class Question:
    """One report, asked for: a period, the one to compare it with, and a part of the desk; `edition` is what it is read
    from, None while the first is being built."""

    period: Period
    compared: Period
    scope: Scope
    words: dict[str, str | list[str]]  # its spelling in a URL
    edition: Edition | None = None

    @property
    def query(self) -> str:
        """`words` as the part of a URL after the question mark."""
        return urlencode(self.words, doseq=True)


def department_model() -> Any:
    """The core and the packages beside us are not imported: the model is found by its name."""
    return apps.get_model("routing", "Department")


def department_choices() -> list[tuple[str, Any]]:
    """Asked for only where somebody filters by department, or sees what can be chosen; by a form, once."""
    departments = department_model().objects.values_list("pk", "name")
    return [*((str(pk), name) for pk, name in departments), (NO_DEPARTMENT, _("No department"))]


class QuestionForm(forms.Form):
    """The filters of the page. What is left empty is everything."""

    # Choices by functions: of a list, each form would make a copy of its own, text by text.
    period = forms.ChoiceField(
        label=_("Period"), choices=lambda: PERIODS, required=False, widget=forms.RadioSelect
    )
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
    compare = forms.ChoiceField(label=_("Compare with"), choices=lambda: COMPARISONS, required=False)
    channel = forms.MultipleChoiceField(
        label=_("Channel"), choices=lambda: CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    department = forms.MultipleChoiceField(
        label=_("Department"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.MultipleChoiceField(
        label=_("Language"), choices=lambda: LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    tag = forms.CharField(label=_("Tag"), required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = cache(department_choices)

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        since, until = asked.get("since"), asked.get("until")
        for name, day in (("since", since), ("until", until)):
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, self.fields[name].error_messages["invalid"])
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
        edition = current_edition()
        zone = zone_of(edition)
        today = clock.now().astimezone(zone).date()
        since, until = asked.get("since"), asked.get("until")
        kind = asked.get("period") or YEAR
        if kind == CUSTOM and not self.errors and since and until:
            period = Period(since, until, zone)
        else:
            kind = kind if kind in {MONTH, BEFORE, DAYS} else YEAR
            period = standard_period(kind, today=today, zone=zone)
        compare = asked.get("compare") or PREVIOUS
        words = {
            "period": kind,
            **{name: asked.get(name) or [] for name in ("channel", "department", "language")},
            "tag": asked.get("tag") or "",
            "compare": "" if compare == PREVIOUS else compare,
        }
        if kind == CUSTOM:
            words |= {"since": since.isoformat(), "until": until.isoformat()}
        return Question(
            period=period,
            compared=compared_with(period, compare),
            scope=scope_of(words["channel"], words["department"], words["language"], words["tag"]),
            words={name: word for name, word in words.items() if word},
            edition=edition,
        )


def standard_period(kind: str, *, today: date, zone: ZoneInfo) -> Period:
    if kind == MONTH:
        return last_months(1, today=today, zone=zone)
    if kind == BEFORE:
        return last_months(1, today=today, zone=zone).previous()
    if kind == DAYS:
        return last_days(30, today=today, zone=zone)
    return last_months(12, today=today, zone=zone)


def compared_with(period: Period, compare: str) -> Period:
    return a_year_before(period) if compare == LAST_YEAR else period.previous()


def scope_of(
    channels: list[str], departments: list[str], languages: list[str] | None = None, tag: str = ""
) -> Scope:
    """`departments` are rows' ids or "none", `languages` codes or "none"; an empty list is all."""
    return Scope(
        channels=frozenset(channels),
        departments=frozenset(None if word == NO_DEPARTMENT else int(word) for word in departments),
        languages=frozenset("" if word == NO_LANGUAGE else word for word in languages or ()),
        tag=tag,
    )
