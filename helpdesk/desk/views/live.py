"""Live news without a websocket."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from helpdesk.asked import read_number
from helpdesk.desk.drafts import tell_who_is_at
from helpdesk.desk.live import changes_after
from helpdesk.desk.together import note_here
from helpdesk.errors import Invalid
from helpdesk.people.duty import note_sign
from helpdesk.people.models import User
from helpdesk.people.sight import duty_of
from helpdesk.tickets.models import Ticket


@login_required
@never_cache
@require_GET
def changes(request: HttpRequest) -> JsonResponse:
    """What the agent missed since `after`, as the socket would have told it."""
    after, ticket_id = (read_number(request.GET.get(name, "")) for name in ("after", "ticket"))
    if after is None:
        raise Invalid(field="after")
    note_sign(request.user, duty_of(request.user))
    if ticket_id and (here := read_number(request.GET.get("here", ""))):
        be_at(ticket_id, request.user, here=here)
    return JsonResponse(changes_after(after, user=request.user, ticket_id=ticket_id))


def be_at(ticket_id: int, user: User, *, here: int) -> None:
    """`here` as the socket's: 1 where the page is in sight, 2 where it has the focus, too."""
    ticket = Ticket.objects.visible_to(user).only("department_id").filter(pk=ticket_id).first()
    if ticket and note_here(ticket.pk, user, is_focused=here > 1):
        tell_who_is_at(ticket.pk, ticket.department_id)
