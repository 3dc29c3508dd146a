"""The desk's pages: lists, search, one ticket."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.asked import read_number
from helpdesk.desk.about import about_ticket
from helpdesk.desk.finding import find_ticket
from helpdesk.desk.piles import find_pile
from helpdesk.desk.place import place_beside, place_of_pile, place_of_search
from helpdesk.desk.timeline import timeline_of
from helpdesk.desk.views.drawing import BESIDE, draw_desk, draw_list, list_of, ticket_context, wants
from helpdesk.errors import NotThere
from helpdesk.tickets.merging import standing_id
from helpdesk.tickets.models import Message, Ticket


@login_required
@never_cache
@require_GET
def pile(request: HttpRequest, key: str = "mine") -> HttpResponse:
    """A pile's list."""
    return draw_list(
        request, place_of_pile(find_pile(key, request.user), request.user, sort=sort_asked(request))
    )


def sort_asked(request: HttpRequest) -> str:
    return request.GET.get("sort", "")


@login_required
@never_cache
@require_GET
def piles(request: HttpRequest) -> HttpResponse:
    """All piles: on a phone a screen of its own, elsewhere the same as one's own list."""
    place = place_of_pile(find_pile("mine", request.user), request.user)
    return draw_desk(request, list_of(request, place) | {"is_piles": True})


@login_required
@never_cache
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    return draw_list(
        request, place_of_search(request.GET.get("q", ""), request.user, sort=sort_asked(request))
    )


@login_required
@never_cache
@require_GET
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """One ticket, alone for htmx, else with the list it was opened from."""
    found = find_ticket(pk, request.user)
    if found.merged_into_id:
        return go_to_kept(request, found)
    place = place_beside(request, found)
    context = {
        "place": place,
        "is_about": request.GET.get("pane") == "about",
        "opened_as": opened_as(request.GET, found),
    } | ticket_context(request, found)
    if wants(request, "ticket"):
        response = render(request, "desk/_ticket.html", context)
        patch_vary_headers(response, ["HX-Target"])
        return response
    return draw_desk(request, context | list_of(request, place, size=BESIDE))


def go_to_kept(request: HttpRequest, gone: Ticket) -> HttpResponse:
    """Where the conversation of a merged ticket goes on; it says there which number was opened."""
    query = request.GET.copy()
    query["merged"] = str(gone.pk)
    address = f"{reverse('desk:ticket', args=[standing_id(gone)])}?{query.urlencode()}"
    if wants(request, "ticket") or wants(request, "main") or "HX-Request" not in request.headers:
        return redirect(address)
    response = HttpResponse(status=200)
    response["HX-Redirect"] = address  # only a part was asked for: the whole page is another one now
    return response


def opened_as(query: QueryDict, ticket: Ticket) -> int:
    """The number of the merged ticket that led here; 0 where none did, or it has been taken out again."""
    number = read_number(query.get("merged", ""))
    gone = Ticket.objects.filter(pk=number).first() if number else None
    return gone.pk if gone and gone.pk != ticket.pk and standing_id(gone) == ticket.pk else 0


@login_required
@never_cache
@require_GET
def older(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the timeline before the message `before`."""
    found = find_ticket(pk, request.user)
    edge = Message.objects.filter(pk=read_number(request.GET.get("before", ""))).only("created_at").first()
    if edge is None:
        raise NotThere
    timeline = timeline_of(found, before=edge, user=request.user)
    return render(request, "desk/_timeline.html", {"ticket": found, "timeline": timeline})


@login_required
@never_cache
@require_GET
def refreshed(request: HttpRequest, pk: int) -> HttpResponse:
    """Head and context of the open ticket, after somebody changed it."""
    found = find_ticket(pk, request.user)
    if found.merged_into_id:
        return go_to_kept(request, found)
    context = {
        "ticket": found,
        "place": place_beside(request, found),
        "about": about_ticket(found, request.user),
    }
    return render(request, "desk/_changed.html", context)
