"""The settings of the report: what a day is, and how long things may take and still belong together."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from funnel.models import Edition
from funnel.tallies.editions import RULES, building_edition, current_edition, rules_of, start_edition
from helpdesk.people.forms import time_zone_choices
from helpdesk.people.models import Workspace
from helpdesk.workspace.permissions import admin_only

REASON: dict[str, Promise] = {
    "time_zone": gettext_lazy("the reporting time zone was changed"),
    "session_hours": gettext_lazy("the hours until a problem is a new one were changed"),
    "browsing_days": gettext_lazy("the days that reading alone can last were changed"),
    "settled_days": gettext_lazy("the days without a return were changed"),
    "business_hours": gettext_lazy("the business hours of past conversations were changed"),
    "asked": gettext_lazy("somebody asked for it"),
}


class ReportingForm(forms.ModelForm):
    """The rules of the report, and the bot's patience, which the workspace keeps."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Reporting time zone"),
        choices=time_zone_choices,
        help_text=gettext_lazy("Where a day of the report begins and ends, for every reader."),
    )
    bot_silence_hours = forms.IntegerField(
        label=gettext_lazy("Hours of silence after which the bot closes"),
        min_value=1,
        max_value=72,
        help_text=gettext_lazy(
            "Nobody answered the bot's answer for this long: it counts as solved, until they come back. Holds from now on."
        ),
    )

    class Meta:
        model = Edition
        fields = RULES
        help_texts = {
            "session_hours": gettext_lazy(
                "Reading or writing again sooner is still the same problem. Usually 24."
            ),
            "browsing_days": gettext_lazy(
                "Who reads every day begins a new problem after this long. Usually 7."
            ),
            "settled_days": gettext_lazy("Usually 7."),
            "business_hours": gettext_lazy(
                "Whether a changed calendar also changes the waiting times of the past. Usually not."
            ),
        }


@admin_only
def reporting(request: HttpRequest) -> HttpResponse:
    """Changed rules take effect when everything has been reckoned anew; until then the report keeps the old ones."""
    workspace = Workspace.get()
    form = ReportingForm(
        request.POST or None,
        instance=Edition(**rules_now(workspace)),
        initial={"bot_silence_hours": workspace.bot_silence_hours},
    )
    if request.method == "POST" and form.is_valid():
        save(form, workspace)
        messages.success(request, said(form))
        return redirect("funnel_settings:reporting")
    page = {"form": form, "current": current_edition(), "building": building_edition()}
    return render(request, "funnel/reporting.html", page, status=422 if form.errors else 200)


def rules_now(workspace: Workspace) -> dict[str, Any]:
    """The rules last asked for: those that are being built, else those in force."""
    edition = building_edition() or current_edition()
    if edition is None:
        return {"time_zone": workspace.time_zone}
    return rules_of(edition)


@transaction.atomic
def save(form: ReportingForm, workspace: Workspace) -> None:
    workspace.time_zone = form.cleaned_data["time_zone"]
    workspace.bot_silence_hours = form.cleaned_data["bot_silence_hours"]
    workspace.save(update_fields=["time_zone", "bot_silence_hours"])
    changed = [name for name in RULES if name in form.changed_data]
    if changed:
        rules = {name: form.cleaned_data[name] for name in RULES}
        start_edition(reason=changed[0] if len(changed) == 1 else "rules", **rules)


def said(form: ReportingForm) -> str:
    if any(name in form.changed_data for name in RULES):
        return _("Saved. The report is being reckoned anew; until that is done it keeps the old settings.")
    return _("Saved.")


def say_reason(edition: Edition) -> str:
    """Why an edition was made, in the reader's language."""
    return str(REASON.get(edition.reason, _("its settings were changed")))


@admin_only
@require_POST
def reckon_anew(request: HttpRequest) -> HttpResponse:
    """Everything once more from the ledger, under the same rules."""
    start_edition(reason="asked", **rules_now(Workspace.get()))
    messages.success(request, _("The report is being reckoned anew from the first record on."))
    return redirect("funnel_settings:reporting")
