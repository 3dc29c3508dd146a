"""The log of everything that came in through a door: what became of it and why."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.events.actor import Actor
from helpdesk.inboxes.models import RawMessage
from helpdesk.keyset import keyset_page
from helpdesk.tickets.raw import replay_raw
from helpdesk.workspace.permissions import admin_only

SHOWN_CHARACTERS = 60_000
REPLAYABLE = (RawMessage.Outcome.QUARANTINED, RawMessage.Outcome.IGNORED, RawMessage.Outcome.BOUNCE)


@admin_only
@require_GET
def incoming(request: HttpRequest) -> HttpResponse:
    """Newest first; `outcome` shows one kind only, `cursor` goes on from the page before."""
    outcome = request.GET.get("outcome", "")
    rows = RawMessage.objects.select_related("inbox").defer("body")
    if outcome in RawMessage.Outcome.values:
        rows = rows.filter(outcome=outcome)
    cursor = request.GET.get("cursor", "")
    found = keyset_page(rows, by="received_at", cursor=cursor)
    page = {
        "rows": found.rows,
        "outcome": outcome,
        "outcomes": sorted(RawMessage.Outcome.choices, key=lambda choice: choice[0] != "quarantined"),
        "is_first": not cursor,
        "older": urlencode({"outcome": outcome, "cursor": found.next_cursor}) if found.next_cursor else "",
        "quarantined": RawMessage.objects.filter(outcome=RawMessage.Outcome.QUARANTINED).count(),
    }
    return render(request, "settings/incoming.html", page)


@admin_only
@require_GET
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(RawMessage.objects.select_related("inbox", "ticket"), pk=pk)
    body = bytes(row.body)
    page = {
        "raw": row,
        "size": len(body),
        "source": as_text(body[:SHOWN_CHARACTERS]),
        "is_cut": len(body) > SHOWN_CHARACTERS,
        "can_replay": row.outcome in REPLAYABLE,
    }
    return render(request, "settings/raw.html", page)


def as_text(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace("\x00", "\ufffd")


@admin_only
@require_GET
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came, to look at or to keep; never run as anything but text."""
    row = get_object_or_404(RawMessage, pk=pk)
    response = HttpResponse(bytes(row.body), content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'attachment; filename="incoming-{row.pk}.txt"'
    return response


@admin_only
@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it again, after what was wrong has been mended."""
    row = replay_raw(get_object_or_404(RawMessage, pk=pk), by=Actor.agent(request.user))
    if row.outcome == RawMessage.Outcome.PENDING:
        messages.warning(request, _("It could not be read yet. It is tried again by itself."))
    elif row.outcome in REPLAYABLE:
        messages.warning(
            request, _("Read again: %(outcome)s, as before.") % {"outcome": row.get_outcome_display()}
        )
    else:
        messages.success(request, _("Read again: %(outcome)s.") % {"outcome": row.get_outcome_display()})
    return redirect("workspace:raw", row.pk)
