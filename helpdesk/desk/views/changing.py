"""One change on one ticket, and taking back whatever was changed: by one button and one key for everything."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from helpdesk.desk.changes import CHANGES, CustomerWrote, Said
from helpdesk.desk.several import make_change
from helpdesk.desk.undoing import find_undo, take_back, words_for
from helpdesk.desk.views.doing import back_to, show_changed
from helpdesk.desk.views.moving_on import is_open_here, next_after, show_instead
from helpdesk.desk.views.pages import find_ticket, go_to_kept
from helpdesk.desk.views.several import show_several
from helpdesk.errors import NotThere
from helpdesk.tickets.actions import TicketIsTaken


@login_required
@require_POST
def change(request: HttpRequest, pk: int, noun: str) -> HttpResponse:
    """One change of the table CHANGES; where the ticket has left the list by it, the next one is opened."""
    if noun not in CHANGES:
        raise NotThere
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    try:
        said = make_change(ticket, noun, request.POST, request.user)
    except (TicketIsTaken, CustomerWrote) as error:  # the page learns who has it, and what is new
        said = Said(str(error), is_bad=True)
    following = next_after(request, noun, ticket)
    if following and "HX-Request" in request.headers:
        return show_instead(request, following, replace(said, text=f"#{pk}: {said.text}"))
    return show_changed(request, pk, said)


@login_required
@require_POST
def undo_change(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Take back the change `pk`, else the agent's last one; what somebody went on from stays, and it says so."""
    undo = find_undo(request.user, pk)
    outcome = take_back(undo, request.user)
    text = words_for(outcome, len(undo.steps))
    said = Said(text, is_moved=outcome.is_moved, is_bad=bool(outcome.refused))
    if len(undo.steps) > 1:
        return show_several(request, said)
    number = undo.steps[0]["ticket"]
    if "HX-Request" not in request.headers:
        (messages.error if said.is_bad else messages.success)(request, said.text)
        return redirect(back_to(request, number) if outcome.done else reverse("desk:home"))
    if is_open_here(request, number):
        return show_changed(request, number, said)
    if outcome.done:
        return show_instead(request, number, said)
    return render(request, "desk/_said.html", {"said": said})
