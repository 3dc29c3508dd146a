"""Why a ticket is here: the steps of its way, read when somebody asks."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from helpdesk.tickets.models import Ticket
from routing.assignment.rules import route_again
from routing.assignment.telling import steps_of
from routing.models import AssignmentRule


@login_required
@require_GET
def way(request: HttpRequest, pk: int) -> HttpResponse:
    """A part of the ticket's page; without scripts a page of its own."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    return drawn(request, ticket)


@login_required
@require_POST
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the rules asked anew, as if it had just come in."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    route_again(ticket)
    if "HX-Request" not in request.headers:
        return redirect("routing_desk:way", pk)
    ticket.refresh_from_db()
    return drawn(request, ticket)


def drawn(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    page = {"ticket": ticket, "steps": steps_of(ticket), "has_rules": AssignmentRule.objects.exists()}
    is_part = "HX-Request" in request.headers
    return render(request, "routing/_way.html" if is_part else "routing/way.html", page)
