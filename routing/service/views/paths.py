"""Paths of escalation in their order, and one of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk import clock
from helpdesk.conditions import Offers, editor_of, read_group, say_group
from helpdesk.conditions.editing import is_press_of
from helpdesk.conditions.fields import TICKET
from helpdesk.errors import InvalidRule
from helpdesk.ordering import move_row, switch_row
from helpdesk.tickets.text import clean_text
from helpdesk.workspace.permissions import admin_only
from routing.models import EscalationPath
from routing.service.paths import DOES, MOST_STEPS, save_path
from routing.service.spans import read_span, write_span
from routing.service.targets import offered_targets

Step = dict[str, Any]


@admin_only
@require_GET
def paths(request: HttpRequest) -> HttpResponse:
    offers, names = Offers(), names_of_targets()
    rows = [
        {
            "rule": path,
            "conditions": say_group(path.conditions, offers),
            "steps": [said_step(step, names) for step in path.steps],
        }
        for path in EscalationPath.objects.all()
    ]
    return render(request, "service/paths.html", {"rows": rows})


@admin_only
def path(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one to change. `press` may be a button that adds or removes a line."""
    row = get_object_or_404(EscalationPath, pk=pk) if pk else new_path()
    if request.method != "POST":
        return editor(request, row)
    read_path(request.POST, row)
    press = request.POST.get("press", "save")
    if is_press_of(request.POST):
        return editor(request, row)
    if press != "save":
        change_steps(row.steps, press)
        return editor(request, row)
    try:
        save_path(row)
    except InvalidRule as refusal:
        return editor(request, row, faults=refusal.faults)
    messages.success(request, _("The path “%(name)s” is saved.") % {"name": row})
    return redirect("service:paths")


def new_path() -> EscalationPath:
    steps = [
        {"after": 1800, "to": "leads", "does": "tell"},
        {"after": 3600, "to": "leads", "does": "hand_over"},
    ]
    return EscalationPath(steps=steps, counts_from=clock.now())


def read_path(post: QueryDict, row: EscalationPath) -> None:
    """Put what the form sent into the path, unsaved and unchecked; a time that is none stays as it was typed."""
    row.name = clean_text(post.get("name", "")).strip()[:80]
    row.conditions = read_group(post)
    row.in_hours = post.get("clock") != "calendar"
    sent = zip(post.getlist("after"), post.getlist("to"), post.getlist("does"), strict=False)
    row.steps = [
        {"after": as_seconds(after.strip()), "to": to, "does": does}
        for after, to, does in list(sent)[: MOST_STEPS + 1]
    ]


def as_seconds(text: str) -> int | str:
    if text == "0":
        return 0
    seconds = read_span(text)
    return text[:40] if seconds is None else seconds


def change_steps(steps: list[Step], press: str) -> None:
    """ "add steps", "remove steps 2"."""
    verb, _space, place = press.partition(" ")
    number = place.rpartition(" ")[2]
    if verb == "add":
        steps.append({"after": "", "to": "leads", "does": "tell"})
    elif verb == "remove" and number.isdecimal() and int(number) < len(steps):
        del steps[int(number)]


def editor(
    request: HttpRequest, row: EscalationPath, *, faults: dict[str, str] | None = None
) -> HttpResponse:
    faults = faults or {}
    page = {
        "path": row,
        "faults": faults,
        "editor": editor_of(row.conditions, scope=TICKET, offers=Offers(), faults=faults),
        "steps": [
            {
                **step,
                "text": written(step["after"]),
                "number": number,
                "fault": faults.get(f"steps.{number}", ""),
            }
            for number, step in enumerate(row.steps)
        ],
        "blank": {"text": "", "to": "leads", "does": "tell", "number": "", "fault": ""},
        "targets": offered_targets(),
        "does": DOES.items(),
    }
    return render(request, "service/path.html", page, status=422 if faults else 200)


def written(after: int | str) -> str:
    if isinstance(after, str):
        return after
    return write_span(after) or "0"


def names_of_targets() -> dict[str, str]:
    return {key: name for _group, choices in offered_targets() for key, name in choices}


def said_step(step: Step, names: dict[str, str]) -> tuple[str, str, str]:
    """(after how long, who, what happens)."""
    after = write_span(step["after"]) or _("at once")
    return after, names.get(step["to"], _("somebody who left")), str(DOES.get(step["does"], ""))


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    switch_row(EscalationPath.objects, pk, is_active=request.POST.get("is_active") == "1")
    return redirect("service:paths")


@admin_only
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    move_row(EscalationPath.objects, pk, up=request.POST.get("to") == "up")
    return redirect("service:paths")


@admin_only
@require_POST
def delete_path(request: HttpRequest, pk: int) -> HttpResponse:
    """Tickets that are on their way go on to the end."""
    row = get_object_or_404(EscalationPath, pk=pk)
    row.delete()
    messages.success(request, _("The path “%(name)s” is deleted.") % {"name": row})
    return redirect("service:paths")
