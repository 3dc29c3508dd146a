"""From one ticket to the next: what is open now, and what is shown instead."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from helpdesk.asked import read_number
from helpdesk.desk.changes import Said
from helpdesk.desk.views.joining import show_anew
from helpdesk.people.models import User
from helpdesk.tickets.models import Ticket

LEAVES = {"closure", "snooze", "spam", "trash"}  # after these a ticket is out of the working list
OPEN = re.compile(r"/tickets/(\d+)/$")


def is_open_here(request: HttpRequest, number: int) -> bool:
    """Whether the page that asks shows this ticket."""
    found = OPEN.search(urlsplit(request.headers.get("HX-Current-URL", "")).path)
    return bool(found) and int(found[1]) == number


def next_after(request: HttpRequest, noun: str, ticket: Ticket) -> int:
    """Which ticket is opened after this one left the list: the next in it, where the agent wants to go on; else 0.

    The page says which is next, since only it knows what its list looks like now.
    """
    following = read_number(request.POST.get("next", ""))
    if not following or noun not in LEAVES or request.user.after_closing != User.AfterClosing.NEXT:
        return 0
    has_left = not Ticket.objects.awake().filter(pk=ticket.pk).exists()
    is_there = Ticket.objects.visible_to(request.user).filter(pk=following, merged_into=None).exists()
    return following if has_left and is_there else 0


def show_instead(request: HttpRequest, number: int, said: Said) -> HttpResponse:
    """This ticket whole, in the place of the one that was open."""
    response = show_anew(request, number, said)
    response["HX-Retarget"], response["HX-Reswap"] = "#ticket", "innerHTML"
    return response
