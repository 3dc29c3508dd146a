"""A site tells what its visitor did: `helpdesk('track', event, data)`."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from helpdesk.connectors.webchat.api import door, frame_of, visit_here
from helpdesk.connectors.webchat.identity import attributes_of, mapping_of, text_of
from helpdesk.errors import Invalid
from helpdesk.people.bans import is_banned
from helpdesk.people.deeds import note_deed
from helpdesk.proactive.goals import note_event
from helpdesk.tickets.site_deeds import note_did, say_facts

LONGEST_NAME = 80
LONGEST_DETAILS = 200


@door("POST")
def track(request: HttpRequest) -> HttpResponse:
    """`event`, `data` {name: text or number}: kept for a week for the team to see, in Redis alone; and where their newest
    conversation here is open, as a fact of it."""
    visit, frame = visit_here(request, "small"), frame_of(request)
    name = text_of(frame.get("event"), LONGEST_NAME)
    if not name:
        raise Invalid(_("The event needs a name."), field="event")
    data = attributes_of(mapping_of(frame.get("data")))
    details = ", ".join(say_facts(data))
    note_deed(visit.visitor, name, inbox=visit.inbox.pk, details=details[:LONGEST_DETAILS])
    note_event(visit.inbox, visit.visitor, name)
    if not is_banned(visit.visitor, address=request.META["REMOTE_ADDR"]):
        note_did(visit.tickets(), name, facts=data)
    return JsonResponse({})
