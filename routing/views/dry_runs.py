"""A dry run while it goes on and when it is done: a part of its rule's page, and a page of its own without scripts."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from helpdesk.tickets.models import Ticket
from helpdesk.workspace.permissions import admin_only
from routing.dry_runs.running import cancel_dry_run, end_if_silent, repeat_dry_run
from routing.models import DryRun

SHOWN = 20


@admin_only
@require_GET
def dry_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is and what it has found. `part`: only that, for the page that asks again and again; `all`: every
    ticket that is listed."""
    run = get_object_or_404(DryRun, pk=pk, user=request.user)
    end_if_silent(run)
    name = "routing/_dry_run.html" if "part" in request.GET else "routing/dry_run.html"
    return render(request, name, dry_run_page(run, shows_all="all" in request.GET))


@admin_only
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(DryRun, pk=pk, user=request.user)
    cancel_dry_run(run)
    if request.headers.get("HX-Request"):
        run.refresh_from_db()
        return render(request, "routing/_dry_run.html", dry_run_page(run))
    return redirect("routing:dry_run", pk)


@admin_only
@require_POST
def repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin it anew, where it broke off."""
    run = repeat_dry_run(get_object_or_404(DryRun, pk=pk, user=request.user))
    if request.headers.get("HX-Request"):
        return render(request, "routing/_dry_run.html", dry_run_page(run))
    return redirect("routing:dry_run", run.pk)


def dry_run_page(run: DryRun, *, shows_all: bool = False) -> dict[str, Any]:
    """What the template prints."""
    shown = run.hits if shows_all else run.hits[:SHOWN]
    tickets = Ticket.objects.select_related("contact", "department").in_bulk(
        {ticket for ticket, _at in shown}
    )
    return {
        "run": run,
        "is_running": run.state in (DryRun.State.WAITING, DryRun.State.RUNNING),
        "hits": [(tickets[ticket], datetime.fromisoformat(at)) for ticket, at in shown if ticket in tickets],
        "more": urlencode({"all": 1}) if len(run.hits) > len(shown) else "",
    }
