"""Two tickets into one, one into two: the dialog, and the doors on merging and splitting."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.asked import read_number
from helpdesk.desk.changes import Said
from helpdesk.desk.merging import choices_for, counted, preview_of
from helpdesk.desk.place import place_beside
from helpdesk.desk.timeline import timeline_of
from helpdesk.desk.undoing import with_undo
from helpdesk.desk.views.doing import find_message
from helpdesk.desk.views.drawing import ticket_context, wants
from helpdesk.desk.views.pages import find_ticket, go_to_kept, opened_as
from helpdesk.errors import HelpdeskError, NotThere
from helpdesk.events.actor import Actor
from helpdesk.tickets.merging import merge_tickets
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.splitting import split_ticket

LONGEST_QUERY = 200


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def merger(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the other ticket, look at both, merge them. A dialog over the desk, and a page of its own without scripts."""
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    if request.method == "POST":
        return merge(request, ticket)
    return draw_merger(request, merger_context(request, ticket))


def merger_context(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    query, other = asked.get("q", "")[:LONGEST_QUERY].replace("\x00", ""), read_number(asked.get("other", ""))
    chosen = counted(other, request.user) if other and other != ticket.pk else None
    context = {"ticket": ticket, "query": query, "chosen": chosen, "place": place_beside(request, ticket)}
    if chosen:
        one = counted(ticket.pk, request.user)
        return context | {"preview": preview_of(one, chosen, asked.get("keep", ""))}
    return context | {"choices": choices_for(ticket, query, request.user)}


def draw_merger(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    part = (
        "_merger_dialog" if wants(request, "dialogs") else "_merger" if wants(request, "merger") else "merger"
    )
    return render(request, f"desk/{part}.html", context)


def merge(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    context = merger_context(request, ticket)
    if not context["chosen"]:
        raise NotThere
    preview = context["preview"]
    try:
        told = request.POST.get("shows_restricted") == "yes"
        merge_tickets(preview.kept, preview.gone, shows_restricted=told, by=Actor.agent(request.user))
    except HelpdeskError as error:
        if "HX-Request" not in request.headers:
            return render(request, "desk/merger.html", context | {"error": error}, status=422)
        response = render(request, "desk/_merger.html", context | {"error": error}, status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#merger", "outerHTML"
        return response
    text = _("#%(gone)s is part of #%(kept)s now.") % {"gone": preview.gone.pk, "kept": preview.kept.pk}
    said = Said(text, ("joining", "take_out", preview.gone.pk))
    return show_anew(request, preview.kept.pk, said, merged=preview.gone.pk)


@login_required
@require_POST
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """A message, with `later` everything after it too, becomes a ticket of its own."""
    message = find_message(pk, request.user)
    later = request.POST.get("later") == "yes"
    fresh = split_ticket(message, with_later=later, by=Actor.agent(request.user))
    text = _("Split off as #%(number)s.") % {"number": fresh.pk}
    said = Said(text, ("joining", "put_in", fresh.pk), leads_to=fresh.pk)
    return show_anew(request, message.ticket_id, said)


def show_anew(request: HttpRequest, pk: int, said: Said, *, merged: int = 0) -> HttpResponse:
    """The whole ticket, since messages came or went; what was begun in the composer of `merged` goes on here."""
    address, said = reverse("desk:ticket", args=[pk]), with_undo(said, pk, request.user)
    if "HX-Request" not in request.headers:
        messages.success(request, said.text)
        return redirect(address)
    ticket = find_ticket(pk, request.user)
    context = {"place": place_beside(request, ticket), "said": said, "merged": merged}
    context |= ticket_context(request, ticket)
    response = render(request, "desk/_anew.html", context)
    response["HX-Push-Url"] = address + context["place"].suffix
    return response


@login_required
@never_cache
@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of the conversation, drawn anew after messages came or went; of a merged one, the way to where it is."""
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    context = {
        "ticket": ticket,
        "timeline": timeline_of(ticket, user=request.user),
        "is_apart": is_apart(request, ticket),
    }
    return render(request, "desk/_timeline.html", context)


def is_apart(request: HttpRequest, ticket: Ticket) -> bool:
    """Whether the page still says that it was opened by the number of a ticket that has been taken out meanwhile."""
    shown = QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    return "merged" in shown and not opened_as(shown, ticket)
