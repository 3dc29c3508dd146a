"""What is promised: the policies in their order, and one of them."""

from dataclasses import dataclass
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
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.text import clean_text
from helpdesk.workspace.permissions import admin_only
from routing.models import PromiseKind, ServicePolicy
from routing.service.policies import MAY_PAUSE, save_policy
from routing.service.spans import read_span, write_span

WRONG = -1  # seconds of what is no span, or percent of what is no number; no policy may have it
PRIORITIES = sorted(Ticket.Priority, reverse=True)


@dataclass(frozen=True)
class Cell:
    """One time of the table."""

    name: str
    label: str
    text: str
    fault: str = ""


@admin_only
@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    offers = Offers()
    rows = [
        {
            "rule": policy,
            "conditions": say_group(policy.conditions, offers),
            "promises": said_promises(policy),
        }
        for policy in ServicePolicy.objects.all()
    ]
    return render(request, "service/policies.html", {"rows": rows})


@admin_only
def policy(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one to change."""
    row = get_object_or_404(ServicePolicy, pk=pk) if pk else new_policy()
    if request.method != "POST":
        return editor(request, row)
    typed = read_policy(request.POST, row)
    if is_press_of(request.POST):
        return editor(request, row, typed=typed)
    try:
        save_policy(row)
    except InvalidRule as refusal:
        return editor(request, row, typed=typed, faults=refusal.faults)
    messages.success(
        request, _("“%(name)s” is saved. It counts for what begins from now on.") % {"name": row}
    )
    return redirect("service:policies")


def new_policy() -> ServicePolicy:
    targets = {"4": {"first": 1800, "next": 3600}, "3": {"first": 7200}, "2": {"first": 28800}}
    return ServicePolicy(targets=targets, pauses=[Ticket.Status.PENDING.value], counts_from=clock.now())


def read_policy(post: QueryDict, row: ServicePolicy) -> dict[str, str]:
    """Put what the form sent into the policy, unsaved and unchecked. Returns the times as they were typed."""
    row.name = clean_text(post.get("name", "")).strip()[:80]
    row.conditions = read_group(post)
    row.in_hours = post.get("clock") != "calendar"
    row.pauses = [status for status in MAY_PAUSE if status in post.getlist("pauses")]
    row.warns_before = None
    if post.get("warns") == "before":
        before = read_span(post.get("warns_before", ""))
        row.warns_before = WRONG if before is None else before
    else:
        percent = post.get("warns_at", "").strip()
        row.warns_at = int(percent) if percent.isdecimal() and len(percent) < 3 else WRONG
    typed = {
        f"{priority.value}.{kind}": post.get(f"{priority.value}.{kind}", "").strip()[:40]
        for priority in PRIORITIES
        for kind in PromiseKind.values
    }
    row.targets = {}
    for place, text in typed.items():
        priority, _dot, kind = place.partition(".")
        if text:
            seconds = read_span(text)
            row.targets.setdefault(priority, {})[kind] = WRONG if seconds is None else seconds
    return typed | {place: post.get(place, "").strip()[:40] for place in ("warns_before", "warns_at")}


def editor(
    request: HttpRequest,
    row: ServicePolicy,
    *,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> HttpResponse:
    faults = faults or {}
    page = {
        "policy": row,
        "faults": faults,
        "editor": editor_of(row.conditions, scope=TICKET, offers=Offers(), faults=faults),
        "kinds": PromiseKind.labels,
        "table": [(priority, cells_of(row, priority, typed, faults)) for priority in PRIORITIES],
        "statuses": [(key, Ticket.Status(key).label, key in row.pauses) for key in MAY_PAUSE],
        "warns_before": typed["warns_before"] if typed else write_span(row.warns_before),
        "warns_at": typed["warns_at"] if typed else row.warns_at,
    }
    return render(request, "service/policy.html", page, status=422 if faults else 200)


def cells_of(
    row: ServicePolicy, priority: Ticket.Priority, typed: dict[str, str] | None, faults: dict[str, str]
) -> list[Cell]:
    cells = []
    for kind in PromiseKind:
        name = f"{priority.value}.{kind.value}"
        known = row.targets.get(str(priority.value), {}).get(kind.value)
        text = typed[name] if typed is not None else write_span(known)
        label = _("%(priority)s: %(promise)s") % {"priority": priority.label, "promise": kind.label}
        fault = faults.get(f"targets.{name}", "")
        cells.append(Cell(name, label, text, fault and (fault if known != WRONG else not_understood())))
    return cells


def not_understood() -> str:
    return _("Write a time such as 30 min or 4 h.")


def said_promises(policy: ServicePolicy) -> list[tuple[str, list[tuple[str, str]]]]:
    """Of each priority that is promised anything: (promise, time)."""
    return [
        (
            str(priority.label),
            [
                (str(PromiseKind(kind).label), write_span(seconds))
                for kind, seconds in sorted(policy.targets[str(priority.value)].items(), key=in_order)
            ],
        )
        for priority in PRIORITIES
        if policy.targets.get(str(priority.value))
    ]


def in_order(target: tuple[str, Any]) -> int:
    return PromiseKind.values.index(target[0])


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    switch_row(ServicePolicy.objects, pk, is_active=request.POST.get("is_active") == "1")
    return redirect("service:policies")


@admin_only
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    move_row(ServicePolicy.objects, pk, up=request.POST.get("to") == "up")
    return redirect("service:policies")


@admin_only
@require_POST
def delete_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """What it has promised is still kept; nothing new is promised by it."""
    row = get_object_or_404(ServicePolicy, pk=pk)
    row.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": row})
    return redirect("service:policies")
