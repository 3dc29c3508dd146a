"""Writing a phone call down: on the open ticket, as a new one, and correcting it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from helpdesk.desk.calls import CallForm, ChangeCallForm, NewCallForm
from helpdesk.desk.changes import Said
from helpdesk.desk.place import place_beside
from helpdesk.desk.views.doing import find_message
from helpdesk.desk.views.drawing import wants
from helpdesk.desk.views.joining import show_anew
from helpdesk.desk.views.pages import find_ticket, go_to_kept
from helpdesk.errors import HelpdeskError, NotThere
from helpdesk.events.actor import Actor
from helpdesk.people.models import Contact
from helpdesk.tickets.calls import may_change
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.one_person import contacts_visible_to

MOST_OPEN = 3


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """A call on this ticket. A dialog over the desk, and a page of its own without scripts."""
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    form = CallForm(request.POST or None, number=ticket.contact.phone)
    if done(form, lambda: form.log(ticket, by=Actor.agent(request.user))):
        return show_anew(request, pk, Said(_("The call stands here.")))
    return draw(request, {"ticket": ticket, "form": form})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the call of this message."""
    message = find_message(pk, request.user)
    if not hasattr(message, "call") or not may_change(message, Actor.agent(request.user)):
        raise NotThere
    ticket = find_ticket(message.ticket_id, request.user)
    form = ChangeCallForm(request.POST or None, message=message)
    if done(form, lambda: form.change(by=Actor.agent(request.user))):
        return show_anew(request, ticket.pk, Said(_("Corrected.")))
    return draw(request, {"ticket": ticket, "form": form, "message": message})


@login_required
@require_http_methods(["GET", "POST"])
def new_call(request: HttpRequest) -> HttpResponse:
    """A call that begins a ticket."""
    number = request.GET.get("number", "")[:40].replace("\x00", "")
    form = NewCallForm(request.POST or None, user=request.user, number=number)
    begun: list[Ticket] = []
    with transaction.atomic():
        if done(form, lambda: begun.append(form.begin(by=Actor.agent(request.user)))):
            messages.success(request, _("The call is a ticket of yours."))
            return redirect("desk:ticket", begun[0].pk)
    context = {"form": form} | known_caller(request, form["number"].value() or "")
    return render(request, "desk/new_call.html", context, status=422 if form.is_bound else 200)


@login_required
@never_cache
@require_GET
def callers(request: HttpRequest) -> HttpResponse:
    """Under the number that is typed: who has it, and what of theirs is open."""
    number = request.GET.get("number", "")[:40].replace("\x00", "")
    return render(request, "desk/_caller.html", known_caller(request, number))


def known_caller(request: HttpRequest, number: str) -> dict[str, Any]:
    """Only of people and tickets that the agent may see."""
    who: Contact | None = (
        contacts_visible_to(request.user).by_phone(number).order_by("-last_seen_at", "-pk").first()
    )
    tickets = Ticket.objects.visible_to(request.user).of(who).unfinished() if who else Ticket.objects.none()
    return {"caller": who, "tickets": tickets.order_by("-last_message_at")[:MOST_OPEN]}


def done(form: Form, does: Any) -> bool:
    """Whether the form was sent and it could be done; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        does()
    except HelpdeskError as error:
        field = "minutes" if error.field == "seconds" else error.field
        form.add_error(field if field in form.fields else None, str(error))
        return False
    return True


def draw(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    context |= {"place": place_beside(request, context["ticket"])}
    if context["form"].is_bound and "HX-Request" in request.headers:
        response = render(request, "desk/_call.html", context, status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#call", "outerHTML"
        return response
    part = "_call_dialog" if wants(request, "dialogs") else "call"
    return render(request, f"desk/{part}.html", context, status=422 if context["form"].is_bound else 200)
