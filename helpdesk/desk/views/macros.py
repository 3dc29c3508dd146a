"""What "/" offers, and a macro without a text, which acts at once."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from helpdesk.desk.macros import said_of
from helpdesk.desk.shortcuts import shortcuts_for
from helpdesk.desk.views.doing import read_uuid, show_changed
from helpdesk.desk.views.pages import find_ticket, go_to_kept
from helpdesk.errors import NotThere
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts.running import run_macro

LONGEST_QUERY = 40


@login_required
@never_cache
@require_GET
def shortcuts(request: HttpRequest, pk: int) -> HttpResponse:
    """The list under the composer after typing "/"; with `only=macros` those that act at once."""
    ticket = find_ticket(pk, request.user)
    found = shortcuts_for(ticket, request.GET.get("q", "")[:LONGEST_QUERY], request.user)
    if request.GET.get("only") == "macros":
        found = [offer for offer in found if offer.acts_at_once]
    return render(request, "desk/_shortcuts.html", {"offers": found, "ticket": ticket})


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
