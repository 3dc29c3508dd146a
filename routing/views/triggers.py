"""Triggers: the list in its order, the editor with its dry run, and the log of every firing."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.events import names
from helpdesk.keyset import keyset_page
from helpdesk.workspace.permissions import admin_only
from routing.models import Trigger, TriggerRun
from routing.triggers import drafting
from routing.triggers.actions import ACTIONS
from routing.triggers.moments import MOMENTS
from routing.triggers.saving import InvalidTrigger, faults_of, save_trigger
from routing.triggers.trying import try_trigger

HITS_SHOWN = 20


@admin_only
@require_GET
def triggers(request: HttpRequest) -> HttpResponse:
    offers = drafting.Offers()
    newest = TriggerRun.objects.filter(trigger=OuterRef("pk")).order_by("-ran_at", "-id")
    rows = [
        {
            "trigger": trigger,
            "moments": [MOMENTS[name] for name in trigger.on if name in MOMENTS],
            "conditions": [drafting.say_condition(each, offers) for each in trigger.conditions],
            "steps": [drafting.say_step(step, offers) for step in trigger.actions],
        }
        for trigger in Trigger.objects.annotate(last_run=Subquery(newest.values("ran_at")[:1]))
    ]
    return render(request, "routing/triggers.html", {"rows": rows})


@admin_only
def trigger(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor. `press` says which button: save, try, or one that adds or removes a line."""
    row = get_object_or_404(Trigger, pk=pk) if pk else Trigger(on=[names.TICKET_CREATED])
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


def save(request: HttpRequest, row: Trigger) -> HttpResponse:
    try:
        save_trigger(row)
    except InvalidTrigger as refusal:
        return editor(request, row, faults=refusal.faults)
    messages.success(request, _("The trigger “%(name)s” is saved.") % {"name": row})
    return redirect("routing:triggers")


def dry_run(request: HttpRequest, row: Trigger) -> HttpResponse:
    """Try it without saving; a name is not needed for that."""
    faults = {place: reason for place, reason in faults_of(row) if place != "name"}
    if faults:
        return editor(request, row, faults=faults)
    trial = try_trigger(row)
    return editor(request, row, trial=trial, hits=trial.hits[:HITS_SHOWN])


def editor(
    request: HttpRequest, row: Trigger, *, faults: dict[str, str] | None = None, **page: Any
) -> HttpResponse:
    offers = drafting.Offers()
    page |= {
        "trigger": row,
        "faults": faults or {},
        "moments": MOMENTS,
        "conditions": drafting.condition_lines(row, offers, faults or {}),
        "steps": drafting.action_lines(row, offers, faults or {}),
        "blank_conditions": drafting.blank_conditions(offers),
        "blank_steps": drafting.blank_actions(offers),
        "runs": row.runs.select_related("ticket").order_by("-ran_at", "-id")[:5] if row.pk else [],
    }
    return render(request, "routing/trigger.html", page, status=422 if faults else 200)


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    row = get_object_or_404(Trigger, pk=pk)
    row.is_active = request.POST.get("is_active") == "1"
    row.save(update_fields=["is_active"])
    return redirect("routing:triggers")


@admin_only
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Move it one up or down in the order."""
    step = -1 if request.POST.get("to") == "up" else 1
    with transaction.atomic():
        rows = list(Trigger.objects.select_for_update().order_by("position", "id"))
        here = next((at for at, row in enumerate(rows) if row.pk == pk), None)
        if here is not None and 0 <= here + step < len(rows):
            rows.insert(here + step, rows.pop(here))
        for at, row in enumerate(rows):
            row.position = at
        Trigger.objects.bulk_update(rows, ["position"])
    return redirect("routing:triggers")


@admin_only
@require_POST
def delete_trigger(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the rule; what it did stays in the log."""
    row = get_object_or_404(Trigger, pk=pk)
    row.delete()
    messages.success(request, _("The trigger “%(name)s” is deleted.") % {"name": row})
    return redirect("routing:triggers")


@admin_only
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Every firing, newest first; `trigger` shows those of one."""
    wanted = request.GET.get("trigger", "")
    rows = TriggerRun.objects.select_related("ticket", "trigger")
    if wanted.isdecimal():
        rows = rows.filter(trigger=int(wanted))
    cursor = request.GET.get("cursor", "")
    found = keyset_page(rows, by="ran_at", cursor=cursor)
    offers = drafting.Offers()
    page = {
        "rows": [(run, said_steps(run, offers)) for run in found.rows],
        "triggers": Trigger.objects.all(),
        "wanted": wanted,
        "is_first": not cursor,
        "older": urlencode({"trigger": wanted, "cursor": found.next_cursor}) if found.next_cursor else "",
    }
    return render(request, "routing/runs.html", page)


def said_steps(run: TriggerRun, offers: drafting.Offers) -> list[tuple[str, str, str]]:
    """(what, value, error) of each step; also of a kind of action that is no more."""
    return [
        (
            *(drafting.say_step(step, offers) if step["do"] in ACTIONS else (step["do"], step["value"])),
            step["error"],
        )
        for step in run.steps
    ]
