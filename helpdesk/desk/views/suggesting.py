"""The list under the search box."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.desk.filters.parsing import LONGEST_QUERY
from helpdesk.desk.filters.suggesting import suggest


@login_required
@never_cache
@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """What may follow the text before the caret, `q`."""
    begin, found = suggest(request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY], request.user)
    return render(request, "desk/_suggestions.html", {"begin": begin, "suggestions": found})
