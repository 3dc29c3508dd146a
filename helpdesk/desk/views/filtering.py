"""The panel of filters over the list."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.desk.filters.panel import panel_for, query_of
from helpdesk.desk.filters.parsing import LONGEST_QUERY
from helpdesk.desk.place import place_of_search
from helpdesk.desk.views.drawing import list_of, wants


@login_required
@never_cache
@require_GET
def filters(request: HttpRequest) -> HttpResponse:
    """The form as the query `q` fills it; sent (`show`) it becomes a query, and its tickets are shown."""
    if "show" not in request.GET:
        return draw(request, request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY])
    query = query_of(request.GET, request.user)
    too_long = len(query) - LONGEST_QUERY
    if too_long > 0:
        said = ngettext(
            "This is %(many)s character too long for one search: take something out.",
            "This is %(many)s characters too long for one search: take something out.",
            too_long,
        )
        return draw(request, query, fault=said % {"many": too_long})
    return show(request, query)


def draw(request: HttpRequest, query: str, *, fault: str = "") -> HttpResponse:
    """A dialog over the list, or a page; what is refused takes the place of the form that was sent."""
    part = {"dialogs": "_filters_dialog", "filters": "_filters", "main": "_filters"}
    name = next((part[one] for one in part if wants(request, one)), "filters")
    context = {"panel": panel_for(query, request.user), "fault": fault, "sort": request.GET.get("sort", "")}
    answer = render(request, f"desk/{name}.html", context, status=422 if fault else 200)
    if fault:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#filters", "outerHTML"
    return answer


def show(request: HttpRequest, query: str) -> HttpResponse:
    place = place_of_search(query, request.user, sort=request.GET.get("sort", ""))
    if not wants(request, "main"):
        return redirect(place.url)
    answer = render(request, "desk/_filtered.html", list_of(request, place))
    answer["HX-Push-Url"] = place.url
    return answer
