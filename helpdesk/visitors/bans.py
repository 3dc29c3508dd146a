"""The settings screen of who is banned."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.people.bans import lift_ban
from helpdesk.people.models import Ban
from helpdesk.people.permissions import admin_only

SHOWN = 200


@admin_only
@require_GET
def bans(request: HttpRequest) -> HttpResponse:
    """Those that stand, then those that were lifted, the newest first."""
    rows = Ban.objects.select_related("contact", "banned_by", "lifted_by").order_by("-banned_at", "-id")
    lists = {"bans": rows.filter(lifted_at=None)[:SHOWN], "past": rows.exclude(lifted_at=None)[:SHOWN]}
    return render(request, "visitors/bans.html", lists)


@admin_only
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    ban = get_object_or_404(Ban, pk=pk)
    lift_ban(ban, by=request.user)
    messages.success(request, _("%(name)s may write again.") % {"name": ban.name})
    return redirect("bans:bans")
