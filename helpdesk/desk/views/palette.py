"""What the server adds to the command palette."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.asked import read_number
from helpdesk.desk.palette import found_for, pages_for, places_for
from helpdesk.desk.place import LONGEST_QUERY
from helpdesk.desk.views.pages import find_ticket


@login_required
@never_cache
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Without `q` what does not depend on it: the settings' screens. With it what fits; `ticket` is the open one.
    `elsewhere` than at the desk all of it are links to other pages."""
    query = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY]
    context = {"elsewhere": "elsewhere" in request.GET}
    if not query.strip():
        return render(request, "desk/_found.html", context | {"groups": pages_for(request.user)})
    number = read_number(request.GET.get("ticket", ""))
    ticket = find_ticket(number, request.user) if number else None
    groups = found_for(query, request.user, ticket)
    return render(request, "desk/_found.html", context | {"groups": groups})


@login_required
@never_cache
@require_GET
def palette_elsewhere(request: HttpRequest) -> HttpResponse:
    """The palette for any other screen of the team's."""
    return render(request, "desk/_palette.html", {"elsewhere": True, "groups": places_for(request.user)})
