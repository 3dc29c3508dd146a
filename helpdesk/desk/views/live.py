"""Live news without a websocket."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.desk.asked import read_number
from helpdesk.desk.live import changes_after
from helpdesk.desk.sight import duty_of
from helpdesk.errors import Invalid
from helpdesk.people.duty import note_duty
from helpdesk.people.onlookers import note_look, ticket_of
from helpdesk.tickets.models import Ticket


@login_required
@never_cache
@require_GET
def changes(request: HttpRequest) -> JsonResponse:
    """What the agent missed since `after`, as the socket would have told it."""
    after, ticket_id = (read_number(request.GET.get(name, "")) for name in ("after", "ticket"))
    if after is None:
        raise Invalid(field="after")
    note_duty(duty_of(request.user))
    if ticket_id and Ticket.objects.visible_to(request.user).filter(pk=ticket_id).exists():
        note_look(ticket_of(ticket_id), request.user.pk)
    return JsonResponse(changes_after(after, user=request.user, ticket_id=ticket_id))
