"""What the server adds to the command palette."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.desk.palette import found_for, pages_for
from helpdesk.desk.place import LONGEST_QUERY


@login_required
@never_cache
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Without `q` what does not depend on it: the settings' screens. With it what fits."""
    query = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY]
    groups = found_for(query, request.user) if query.strip() else pages_for(request.user)
    return render(request, "desk/_found.html", {"groups": groups})
