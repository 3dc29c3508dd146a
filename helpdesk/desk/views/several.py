"""Many tickets at once: what can be done with them, and doing it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from helpdesk import clock
from helpdesk.asked import read_number
from helpdesk.desk.changes import Said
from helpdesk.desk.piles import find_pile
from helpdesk.desk.place import Place, place_of_pile, place_of_search
from helpdesk.desk.several import MOST, change_many, chosen_tickets, words_for
from helpdesk.desk.views.drawing import list_of, piles_context
from helpdesk.people.models import User
from helpdesk.people.sight import departments_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.snoozing import CHOICES


def place_asked(request: HttpRequest) -> Place:
    """The list that the request's address names, as a ticket's does: `?view=` or `?q=`, and `sort=`."""
    user, sort = request.user, request.GET.get("sort", "")
    if query := request.GET.get("q"):
        return place_of_search(query, user, sort=sort)
    return place_of_pile(find_pile(request.GET.get("view", "mine"), user), user, sort=sort)


@login_required
@never_cache
@require_GET
def choices(request: HttpRequest) -> HttpResponse:
    """What the bar offers, and how many the whole list holds. Asked for with the first ticket that is chosen."""
    place = place_asked(request)
    count = len(place.tickets.order_by().values_list("pk")[: MOST + 1])
    context = {
        "place": place,
        "count": count,
        "most": MOST,
        "agents": User.objects.agents().only("name", "email"),
        "departments": departments_of(request.user),
        "statuses": Ticket.Status.choices,
        "priorities": Ticket.Priority.choices,
        "snoozes": CHOICES.items(),
        "known_at": clock.now().isoformat(),
    }
    return render(request, "desk/_several.html", context)


@login_required
@require_POST
def change_several(request: HttpRequest, noun: str) -> HttpResponse:
    """The change `noun` on the tickets in `ticket`, or with `all` on whatever the list holds now."""
    if request.POST.get("all") == "yes":
        tickets = place_asked(request).tickets
    else:
        numbers = [read_number(text) for text in request.POST.getlist("ticket")[: MOST + 1]]
        tickets = chosen_tickets(filter(None, numbers), request.user)
    known_at = read_moment(request.POST.get("known_at", ""))
    done = change_many(tickets, noun, request.POST, request.user, known_at=known_at)
    is_bad = bool(done.outcome.refused) and not done.outcome.done
    return show_several(request, Said(words_for(done), undo_id=done.undo_id, is_bad=is_bad))


def read_moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def show_several(request: HttpRequest, said: Said) -> HttpResponse:
    """The list and the counts anew, and what was done; the open ticket hears of it by the live view."""
    place = place_asked(request)
    if "HX-Request" not in request.headers:
        (messages.error if said.is_bad else messages.success)(request, said.text)
        return redirect(place.url)
    context = {"place": place, "said": said} | piles_context(request)
    return render(request, "desk/_several_done.html", context | list_of(request, place))
