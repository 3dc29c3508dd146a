"""What a ticket's page shows of promises and escalation, and what can be done there."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from helpdesk.errors import HelpdeskError
from helpdesk.events.actor import Actor
from helpdesk.tickets.marks import unmark_ticket
from helpdesk.tickets.models import Ticket
from routing.models import EscalationPath
from routing.service.escalating import ask_for_help, end_by_hand
from routing.service.told import all_of


@login_required
@require_GET
def service(request: HttpRequest, pk: int) -> HttpResponse:
    return shown(request, find(request, pk))


@login_required
@require_POST
def help_wanted(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody can't go on: the first step of a path, with their note."""
    ticket, chosen = find(request, pk), request.POST.get("path", "")
    path = EscalationPath.objects.filter(pk=chosen, is_active=True).first() if chosen.isdecimal() else None
    note, by = request.POST.get("note", ""), Actor.agent(request.user)
    return done(request, pk, lambda: ask_for_help(ticket, path=path, note=note, by=by))


@login_required
@require_POST
def end_path(request: HttpRequest, pk: int) -> HttpResponse:
    ticket = find(request, pk)
    return done(request, pk, lambda: end_by_hand(ticket, by=Actor.agent(request.user)))


@login_required
@require_POST
def unmark(request: HttpRequest, pk: int) -> HttpResponse:
    ticket, mark = find(request, pk), request.POST.get("mark", "")
    return done(request, pk, lambda: unmark_ticket(ticket, marks=[mark], by=Actor.agent(request.user)))


def find(request: HttpRequest, pk: int) -> Ticket:
    tickets = Ticket.objects.visible_to(request.user).select_related("contact", "department", "assignee")
    return get_object_or_404(tickets, pk=pk)


def done(request: HttpRequest, pk: int, do: Callable[[], object]) -> HttpResponse:
    try:
        do()
    except HelpdeskError as refusal:
        return shown(request, find(request, pk), fault=str(refusal), note=request.POST.get("note", ""))
    if not request.headers.get("HX-Request"):
        return redirect("desk:ticket", pk)
    return shown(request, find(request, pk))


def shown(request: HttpRequest, ticket: Ticket, **more: str) -> HttpResponse:
    template = "service/_ticket.html" if request.headers.get("HX-Request") else "service/ticket.html"
    return render(request, template, all_of(ticket) | more, status=422 if more else 200)
