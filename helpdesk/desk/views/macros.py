"""What "/" offers, and a macro without a text, which acts at once."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from helpdesk.desk.macros import chosen_shortcuts, said_of
from helpdesk.desk.shortcuts import offer_of, shortcuts_for
from helpdesk.desk.views.doing import read_uuid, show_changed
from helpdesk.desk.views.pages import find_ticket, go_to_kept
from helpdesk.errors import NotThere
from helpdesk.tickets.models import Shortcut, Ticket
from helpdesk.tickets.shortcuts.running import run_macro
from helpdesk.tickets.shortcuts.steps import Offers

LONGEST_QUERY = 40


@login_required
@never_cache
@require_GET
def shortcuts(request: HttpRequest, pk: int) -> HttpResponse:
    """The list under the composer after typing "/"; with `staged` what stands below the text of those that were taken."""
    ticket = find_ticket(pk, request.user)
    if "staged" in request.GET:
        return draw_staged(request, ticket)
    found = shortcuts_for(ticket, request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY], request.user)
    return render(request, "desk/_shortcuts.html", {"offers": found, "ticket": ticket})


def draw_staged(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    taken = chosen_shortcuts(request.GET["staged"].split(","), ticket, request.user)
    offers = Offers(request.user)
    context = {"offers": [offer_of(one, ticket, request.user, offers) for one in taken]}
    kind = "note" if request.GET.get("kind") == "note" else "reply"
    return render(request, "desk/_all_staged.html", context | {"kind": kind})


@login_required
@require_POST
def run(request: HttpRequest, pk: int, shortcut: int) -> HttpResponse:
    """Do the steps of a macro now. htmx gets head, context and a toast with the undo, a plain form its page back."""
    ticket = find_ticket(pk, request.user)
    if ticket.merged_into_id:
        return go_to_kept(request, ticket)
    macro = Shortcut.objects.offered(ticket, request.user).filter(pk=shortcut).exclude(actions=[]).first()
    if macro is None:
        raise NotThere
    done = run_macro(ticket, macro, user=request.user, pressed=read_uuid(request.POST.get("pressed", "")))
    return show_changed(request, pk, said_of([done], request.user))
