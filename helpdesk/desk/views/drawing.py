"""Drawing the desk: the whole page, or only the part that changes where htmx asks for it."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from helpdesk.desk.about import about_ticket
from helpdesk.desk.counting import counted_piles
from helpdesk.desk.place import Place
from helpdesk.desk.rows import PAGE
from helpdesk.desk.saved import deleted_view
from helpdesk.desk.timeline import note_look, timeline_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.noticing import read_notices

BESIDE = 20  # rows where a ticket is opened by its address: a screen full; the others come by scrolling
MOST_SHOWN = 300


def wants(request: HttpRequest, part: str) -> bool:
    """Whether htmx will put the answer into the element `part`. A page that comes back from the browser's
    history is asked for whole."""
    if "HX-History-Restore-Request" in request.headers:
        return False
    return request.headers.get("HX-Target") == part


def draw_list(request: HttpRequest, place: Place) -> HttpResponse:
    """The list of a place: as a page, as both panes, or only its rows."""
    if wants(request, "more"):
        return render(request, "desk/_rows.html", list_of(request, place))
    if wants(request, "lists"):
        return render(request, "desk/_lists.html", list_of(request, place) | piles_context(request))
    if wants(request, "main"):
        return render(request, "desk/_panes.html", list_of(request, place))
    return draw_desk(request, list_of(request, place))


def draw_desk(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = context | piles_context(request)
    return render(request, "desk/desk.html", context, status=status)


def list_of(request: HttpRequest, place: Place, *, size: int = PAGE) -> dict[str, Any]:
    """The next `size` rows, or as many as the page has already where it asks anew for what changed among them."""
    shown = request.GET.get("shown", "")
    if shown.isascii() and shown.isdigit():
        size = BESIDE if int(shown) <= BESIDE else min(max(int(shown), PAGE), MOST_SHOWN)
    page = place.page(request.user, cursor=request.GET.get("cursor", ""), size=size)
    gone = deleted_view(request.GET.get("deleted", ""), request.user)
    return {"place": place, "rows": page.rows, "next_cursor": page.next_cursor, "deleted_view": gone}


def piles_context(request: HttpRequest) -> dict[str, Any]:
    """`seq`: of the last event that the numbers know of; the page hears of those after it."""
    counted = counted_piles(request.user)
    groups = [
        (title, [(pile, counted.numbers.get(pile.key)) for pile in piles]) for title, piles in counted.groups
    ]
    return {"pile_groups": groups, "seq": counted.newest_event}


def ticket_context(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What the ticket's two panes print; drawing them is looking at the ticket."""
    about = about_ticket(ticket, request.user)
    timeline = timeline_of(ticket, seen=ticket.seen_up_to, user=request.user)
    if timeline.newest > ticket.seen_up_to:
        note_look(ticket, request.user, newest=timeline.newest)
    if ticket.has_notices:
        read_notices(ticket, request.user)
    return {
        "ticket": ticket,
        "timeline": timeline,
        "newest": timeline.newest,
        "client_uuid": uuid4(),
        "about": about,
    }
