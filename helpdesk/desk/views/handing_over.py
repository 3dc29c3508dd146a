"""Handing a ticket over: the dialog, and the page that it is without scripts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from helpdesk.desk.about import about_ticket
from helpdesk.desk.changes import Said
from helpdesk.desk.handing_over import HandOverForm
from helpdesk.desk.place import place_beside
from helpdesk.desk.timeline import timeline_of
from helpdesk.desk.undoing import with_undo
from helpdesk.desk.views.drawing import wants
from helpdesk.desk.views.pages import find_ticket, go_to_kept
from helpdesk.errors import HelpdeskError
from helpdesk.events.actor import Actor
from helpdesk.tickets.handing_over import is_told
from helpdesk.tickets.models import Ticket


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the department, the agent and what they should know; then it is theirs."""
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    wanted = {name: request.GET[name] for name in ("department", "agent", "note") if name in request.GET}
    form = HandOverForm(request.POST or None, ticket=ticket, user=request.user, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            form.hand_over(by=Actor.agent(request.user))
        except HelpdeskError as error:
            form.add_error(None, str(error))
        else:
            return show_handed_over(request, pk, form)
    return draw_handover(request, {"ticket": ticket, "form": form, "is_told": is_told(ticket)})


def draw_handover(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    part = {"dialogs": "_handover_dialog", "handover": "_handover"}
    name = next((part[one] for one in part if wants(request, one)), "handover")
    context |= {"place": place_beside(request, context["ticket"])}
    return render(request, f"desk/{name}.html", context, status=422 if context["form"].is_bound else 200)


def show_handed_over(request: HttpRequest, pk: int, form: HandOverForm) -> HttpResponse:
    to = form.cleaned_data["agent"] or form.cleaned_data["department"]
    said = Said(_("Handed over to %(name)s.") % {"name": to} if to else _("Nobody has this now."))
    said = with_undo(Said(said.text, ("handover", "take_back", "yes"), is_moved=True), pk, request.user)
    ticket = Ticket.objects.visible_to(request.user).filter(pk=pk).exists() and find_ticket(pk, request.user)
    if "HX-Request" not in request.headers:
        messages.success(request, said.text)
        return redirect(reverse("desk:ticket", args=[pk]) if ticket else reverse("desk:home"))
    context = {"said": said, "is_done": True, "left": pk}
    if ticket:
        context |= {
            "ticket": ticket,
            "place": place_beside(request, ticket),
            "timeline": timeline_of(ticket, user=request.user),
        }
        context["about"] = about_ticket(ticket, request.user)
    return render(request, "desk/_handed_over.html", context)
