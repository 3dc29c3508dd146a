"""The bell and what is under it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from helpdesk.keyset import keyset_page
from helpdesk.notices.models import Notice
from helpdesk.notices.reading import read_notices


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """One's own, newest first."""
    cursor = request.GET.get("cursor", "")
    found = keyset_page(Notice.objects.filter(user=request.user), by="created_at", cursor=cursor)
    page = {"notices": found.rows, "older": found.next_cursor, "is_first": not cursor}
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
    return render(request, "notices/_bell.html")
