"""Live news without a websocket, and a mail as it was sent."""

from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from helpdesk.desk.live import changes_after
from helpdesk.desk.views.doing import find_message
from helpdesk.errors import Invalid
from helpdesk.tickets.pictures import html_with_pictures


@login_required
@never_cache
@require_GET
def changes(request: HttpRequest) -> JsonResponse:
    """What the agent missed since `after`, as the socket would have told it."""
    after, ticket = request.GET.get("after", ""), request.GET.get("ticket", "")
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise Invalid(field="after")
    ticket_id = int(ticket) if ticket.isascii() and ticket.isdigit() and len(ticket) < 19 else None
    return JsonResponse(changes_after(int(after), user=request.user, ticket_id=ticket_id))


@login_required
@require_GET
@xframe_options_sameorigin
@csp(
    {
        "default-src": ["'none'"],
        "img-src": ["'self'", "data:", "https:"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as the customer's program laid it out: cleaned when it came in, and locked in a sandbox."""
    message = find_message(pk, request.user)
    return render(request, "desk/original.html", {"html": html_with_pictures(message)})
