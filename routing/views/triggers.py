"""Triggers: the list in its order, the editor with its dry run, and the versions of each."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.asked import read_number
from helpdesk.conditions import Offers, editor_of, say_group
from helpdesk.conditions.fields import EVENT, TICKET
from helpdesk.errors import InvalidRule
from helpdesk.events import names
from helpdesk.ordering import move_row, put_in_order
from helpdesk.workspace.permissions import admin_only
from routing.dry_runs.running import begin_dry_run
from routing.models import Trigger, TriggerRun, TriggerVersion
from routing.triggers import drafting
from routing.triggers.moments import MOMENTS
from routing.triggers.saving import (
    copy_trigger,
    faults_of,
    restore_version,
    save_trigger,
    switch_trigger,
)
from routing.triggers.sentences import amount_of, say_moments, say_step
from routing.triggers.starters import STARTERS, trigger_from, trigger_that_starts
from routing.triggers.states import STATES
from routing.triggers.versions import definition_of, history_of
from routing.views.dry_runs import dry_run_page


@admin_only
@require_GET
def triggers(request: HttpRequest) -> HttpResponse:
    offers = Offers()
    newest = TriggerRun.objects.filter(trigger=OuterRef("pk")).order_by("-ran_at", "-id")
    rows = [
        {
            "trigger": trigger,
            "moments": say_moments(trigger),
            "conditions": say_group(trigger.conditions, offers),
            "steps": [say_step(step, offers) for step in trigger.actions],
        }
        for trigger in Trigger.objects.annotate(last_run=Subquery(newest.values("ran_at")[:1]))
    ]
    return render(request, "routing/triggers.html", {"rows": rows})


@admin_only
def trigger(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor. `press` says which button: save, try, or one that adds or removes a line."""
    row = get_object_or_404(Trigger, pk=pk) if pk else new_trigger(request)
    if request.method != "POST":
        return editor(request, row)
    drafting.read_draft(request.POST, row)
    press = request.POST.get("press", "save")
    if press == "save":
        return save(request, row)
    if press == "try":
        return dry_run(request, row)
    drafting.change_lines(row, press, request.POST)
    return editor(request, row)


def new_trigger(request: HttpRequest) -> Trigger:
    """From a starter, or for a bot, or a blank one."""
    if bot := request.GET.get("bot", ""):
        return trigger_that_starts(bot)
    return trigger_from(request.GET.get("from", "")) or Trigger(on=[names.TICKET_CREATED])


@admin_only
@require_GET
def starters(request: HttpRequest) -> HttpResponse:
    """The usual ten, to begin with."""
    return render(request, "routing/trigger_starters.html", {"starters": STARTERS.values()})


def save(request: HttpRequest, row: Trigger) -> HttpResponse:
    try:
        save_trigger(row, user=request.user)
    except InvalidRule as refusal:
        return editor(request, row, faults=refusal.faults)
    messages.success(request, _("The trigger “%(name)s” is saved.") % {"name": row})
    return redirect("routing:triggers")


def dry_run(request: HttpRequest, row: Trigger) -> HttpResponse:
    """Try it without saving; a name is not needed for that."""
    faults = {place: reason for place, reason in faults_of(row) if place != "name"}
    if faults:
        return editor(request, row, faults=faults)
    run = begin_dry_run("trigger", definition_of(row), user=request.user, rule_id=row.pk)
    return editor(request, row, **dry_run_page(run))


def editor(
    request: HttpRequest, row: Trigger, *, faults: dict[str, str] | None = None, **page: Any
) -> HttpResponse:
    offers = Offers()
    page |= {
        "trigger": row,
        "faults": faults or {},
        "moments": MOMENTS,
        "states": STATES,
        "wait": amount_of(row.after_minutes) if row.after_minutes is not None else (4, "h"),
        "units": [("m", _("minutes")), ("h", _("hours")), ("d", _("days"))],
        "clocks": Trigger.Clock.choices,
        "editor": editor_of(
            row.conditions, scope=EVENT if row.after_minutes is None else TICKET, offers=offers, faults=faults
        ),
        "steps": drafting.action_lines(row, offers, faults or {}),
        "blank_steps": drafting.blank_actions(offers),
        "runs": row.runs.select_related("ticket").order_by("-ran_at", "-id")[:5] if row.pk else [],
    }
    return render(request, "routing/trigger.html", page, status=422 if faults else 200)


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    row = get_object_or_404(Trigger, pk=pk)
    switch_trigger(row, is_active=request.POST.get("is_active") == "1", user=request.user)
    return redirect("routing:triggers")


@admin_only
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Move it one up or down in the order."""
    move_row(Trigger.objects, pk, up=request.POST.get("to") == "up")
    return redirect("routing:triggers")


@admin_only
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """The whole order, as the rows were dragged."""
    ids = (pk for pk in map(read_number, request.POST.getlist("id")) if pk is not None)
    put_in_order(Trigger.objects, ids)
    return redirect("routing:triggers")


@admin_only
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The same once more, switched off, to be changed."""
    made = copy_trigger(get_object_or_404(Trigger, pk=pk), user=request.user)
    messages.success(request, _("This is the copy. It is off until you switch it on."))
    return redirect("routing:trigger", made.pk)


@admin_only
@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """How it read from save to save."""
    row = get_object_or_404(Trigger, pk=pk)
    return render(request, "routing/trigger_history.html", {"trigger": row, "changes": history_of(row)})


@admin_only
@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Back to a version; not to one that could not run any more."""
    row = get_object_or_404(Trigger, pk=pk)
    version = get_object_or_404(TriggerVersion, trigger=row, number=number)
    try:
        restore_version(row, version, user=request.user)
    except InvalidRule as refusal:
        messages.error(request, _("It can't go back to this version: %(reason)s") % {"reason": refusal})
        return redirect("routing:trigger_history", pk)
    messages.success(request, _("It reads as in version %(number)s again.") % {"number": number})
    return redirect("routing:trigger", pk)


@admin_only
@require_POST
def delete_trigger(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the rule; what it did stays in the log."""
    row = get_object_or_404(Trigger, pk=pk)
    row.delete()
    messages.success(request, _("The trigger “%(name)s” is deleted.") % {"name": row})
    return redirect("routing:triggers")
