"""What customers said: the page of ratings."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from helpdesk.keyset import keyset_page
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from routing.surveys.ratings import ratings_for, read_asked, summary_for


@login_required
@require_GET
def ratings(request: HttpRequest) -> HttpResponse:
    """Newest first; filters: department, agent, kind."""
    asked = read_asked(request.GET)
    cursor = request.GET.get("cursor", "")
    found = keyset_page(ratings_for(request.user, asked), by="rated_at", cursor=cursor)
    filters = {"department": asked.department or "", "agent": asked.agent or "", "kind": asked.kind}
    page = {
        "rows": found.rows,
        "asked": asked,
        "summary": summary_for(request.user, asked),
        "departments": departments_of(request.user),
        "agents": User.objects.agents(),
        "is_first": not cursor,
        "newest": urlencode(filters),
        "older": urlencode(filters | {"cursor": found.next_cursor}) if found.next_cursor else "",
    }
    return render(request, "routing/ratings.html", page)
