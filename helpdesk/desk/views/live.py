"""Live news without a websocket."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.desk.live import changes_after
from helpdesk.errors import Invalid


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
