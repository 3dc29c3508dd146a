"""Correspondents to whom nothing goes out by itself any more, because a loop was suspected."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.tickets.budgets import allow_answers, words_for
from helpdesk.tickets.models import LoopStop
from helpdesk.workspace.permissions import admin_only

SHOWN = 200


@admin_only
@require_GET
def loops(request: HttpRequest) -> HttpResponse:
    """Those that stand, then those an admin ended, newest first."""
    rows = LoopStop.objects.select_related("inbox", "ticket", "closed_by").order_by("-opened_at", "-id")
    stops = [(stop, words_for(stop.reason)) for stop in rows.filter(closed_at=None)[:SHOWN]]
    past = [(stop, words_for(stop.reason)) for stop in rows.filter(closed_at__isnull=False)[:SHOWN]]
    return render(request, "settings/loops.html", {"stops": stops, "past": past})


@admin_only
@require_POST
def allow(request: HttpRequest, pk: int) -> HttpResponse:
    stop = get_object_or_404(LoopStop, pk=pk)
    allow_answers(stop, by=request.user)
    messages.success(request, _("Automatic answers may go to %(address)s again.") % {"address": stop.address})
    return redirect("workspace:loops")
