"""The customer of a ticket and somebody else who are one person, and taking them apart: the dialog and its doors."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from helpdesk.asked import read_number
from helpdesk.desk.changes import change_parting, said_of_one_person
from helpdesk.desk.person_merging import TAKE, choices_for, chosen_person, preview_of, with_ways
from helpdesk.desk.place import place_beside
from helpdesk.desk.views.drawing import wants
from helpdesk.desk.views.joining import LONGEST_QUERY, show_anew
from helpdesk.desk.views.pages import find_ticket, go_to_kept
from helpdesk.errors import HelpdeskError, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.models import Contact
from helpdesk.people.parting import merges_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.one_person import make_one_person


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def one_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the other person, look at both, make them one; or take apart who was made one before (`part`). A dialog over
    the desk, and a page of its own without scripts."""
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    if request.method == "POST":
        return merge_or_part(request, ticket)
    return draw(request, context_of(request, ticket))


def context_of(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    query, other = asked.get("q", "")[:LONGEST_QUERY].replace("\x00", ""), read_number(asked.get("other", ""))
    context = {"ticket": ticket, "query": query, "place": place_beside(request, ticket)}
    chosen = chosen_person(other, request.user) if other and other != ticket.contact_id else None
    if chosen:
        own = with_ways(Contact.objects.filter(pk=ticket.contact_id)).get()
        preview = preview_of(own, chosen, asked.get("keep", ""), taken_in(request), request.user)
        return context | {"chosen": chosen, "preview": preview}
    parts = merges_of(ticket.contact).prefetch_related("gone__company")
    return context | {"choices": choices_for(ticket, query, request.user), "parts": parts}


def taken_in(request: HttpRequest) -> list[str]:
    """The fields in which the one who goes knows it better."""
    return [
        name.removeprefix(TAKE)
        for name, value in request.POST.items()
        if name.startswith(TAKE) and value == "gone"
    ]


def draw(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    whole = "_one_person_dialog" if wants(request, "dialogs") else "one_person"
    part = "_one_person" if wants(request, "merger") else whole
    return render(request, f"desk/{part}.html", context)


def merge_or_part(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    by = Actor.agent(request.user)
    try:
        if "part" in request.POST:
            return show_anew(request, ticket.pk, change_parting(ticket, request.POST, by))
        context = context_of(request, ticket)
        if "preview" not in context:
            raise NotThere
        preview = context["preview"]
        merge = make_one_person(
            preview.kept.contact, preview.gone.contact, take=taken_in(request), user=request.user
        )
    except NotThere:
        raise
    except HelpdeskError as error:
        return draw_refused(request, context_of(request, ticket) | {"error": error})
    return show_anew(request, ticket.pk, said_of_one_person(merge))


def draw_refused(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if "HX-Request" not in request.headers:
        return render(request, "desk/one_person.html", context, status=422)
    response = render(request, "desk/_one_person.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#merger", "outerHTML"
    return response
