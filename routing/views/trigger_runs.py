"""The log of triggers: every firing, by trigger, ticket and outcome."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from helpdesk.asked import read_number
from helpdesk.conditions import Offers
from helpdesk.keyset import keyset_page
from helpdesk.tickets.models import Ticket
from helpdesk.workspace.permissions import admin_only
from routing.models import Trigger, TriggerRun
from routing.triggers.sentences import say_explained, say_moment, say_step

ASKED = ("trigger", "ticket", "outcome")
MOST = 200  # of one ticket


@admin_only
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Newest first; `trigger`, `ticket` (its number) and `outcome` choose among them."""
    asked = {name: request.GET.get(name, "").strip().removeprefix("#") for name in ASKED}
    cursor = request.GET.get("cursor", "")
    found = keyset_page(fitting(asked), by="ran_at", cursor=cursor)
    offers = Offers()
    page = {
        "rows": [said(run, offers) for run in found.rows],
        "triggers": Trigger.objects.all(),
        "outcomes": TriggerRun.Outcome.choices,
        "asked": asked,
        "is_filtered": any(asked.values()),
        "is_first": not cursor,
        "first": urlencode(asked),
        "older": urlencode(asked | {"cursor": found.next_cursor}) if found.next_cursor else "",
    }
    return render(request, "routing/runs.html", page)


@login_required
@require_GET
def of_ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """What triggers did on one ticket, for everybody who may see it."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    newest = ticket.trigger_runs.select_related("ticket").order_by("-ran_at", "-id")[:MOST]
    offers = Offers()
    return render(
        request, "routing/firings.html", {"ticket": ticket, "rows": [said(run, offers) for run in newest]}
    )


def fitting(asked: dict[str, str]) -> QuerySet[TriggerRun]:
    """What is no number or outcome finds nothing, instead of everything."""
    rows = TriggerRun.objects.select_related("ticket", "trigger")
    for name in ("trigger", "ticket"):
        if asked[name]:
            rows = rows.filter(**{name: read_number(asked[name]) or 0})
    return rows.filter(outcome=asked["outcome"]) if asked["outcome"] else rows


def said(run: TriggerRun, offers: Offers) -> dict[str, Any]:
    """The row in words: also of what is no more."""
    return {
        "run": run,
        "moment": say_moment(run.moment) if run.moment else "",
        "conditions": say_explained(run.conditions, offers),
        "steps": [(*say_step(step, offers), step["error"], step.get("skipped")) for step in run.steps],
    }
