"""The bell and what is under it."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.keyset import keyset_page
from helpdesk.notices.choices import choices_page, keep_choices
from helpdesk.notices.devices import device_here
from helpdesk.notices.eyes import note_looking
from helpdesk.notices.models import Notice
from helpdesk.notices.reading import as_announced, read_notices, to_announce


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """One's own, newest first, each with why it came and how; `all` shows also what went only by mail or browser."""
    cursor, shows_all = request.GET.get("cursor", ""), "all" in request.GET
    own = Notice.objects.filter(user=request.user)
    found = keyset_page(own if shows_all else own.filter(in_page=True), by="created_at", cursor=cursor)
    page = {"notices": found.rows, "older": found.next_cursor, "is_first": not cursor, "shows_all": shows_all}
    return render(request, "notices/notices.html", page)


@login_required
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what it is about; with that it is read."""
    found = get_object_or_404(Notice, pk=pk, user=request.user)
    read_notices(Notice.objects.filter(pk=found.pk))
    is_ours = found.url.startswith("/") and url_has_allowed_host_and_scheme(found.url, {request.get_host()})
    return redirect(found.url if is_ours else "notices:notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    read_notices(Notice.objects.filter(user=request.user))
    return redirect("notices:notices")


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone: asked for every minute by the pages that stand open, also when their session is over."""
    if request.headers.get("HX-Request") and not request.user.is_authenticated:
        return HttpResponse(status=204)
    return bell_of(request)


@login_required
def bell_of(request: HttpRequest) -> HttpResponse:
    """`looking` says that the page is before somebody's eyes. A browser that push services reach shows nothing by itself."""
    waiting = to_announce(request.user)
    if "looking" in request.GET:
        note_looking(request.user.pk, waiting)
    is_pushed = bool(waiting) and device_here(request).filter(user=request.user).exists()
    announced = [] if is_pushed else [as_announced(notice) for notice in waiting]
    return render(request, "notices/_bell.html", {"announced": json.dumps(announced) if announced else ""})


@login_required
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Of what one is told, and how."""
    if request.method == "POST":
        keep_choices(request.user, request.POST)
        messages.success(request, _("Your notices are saved."))
        return redirect("notices:choices")
    here = device_here(request).filter(user=request.user).first()
    return render(request, "notices/choices.html", choices_page(request.user) | {"device_here": here})
