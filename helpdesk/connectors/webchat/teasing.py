"""What the team says first, on the pages of a site: the rules that are tried there, and the card."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.connectors.webchat.api import door, frame_of, number, visit_here
from helpdesk.connectors.webchat.look import team_of
from helpdesk.connectors.webchat.parsing import words
from helpdesk.connectors.webchat.said_first import as_json, place_of
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import Invalid
from helpdesk.people.presence import Here, those_here
from helpdesk.proactive.audience import rules_for
from helpdesk.proactive.card import card_of
from helpdesk.proactive.showing import (
    NotForThem,
    click_message,
    dismiss_message,
    open_message,
    show_message,
)


def offers_for(visit: Visit, here: Here | None, *, is_new: bool) -> dict[str, Any]:
    """What a sign of life is answered with besides: the rules, and for how many seconds the visitor is on the site."""
    rules = rules_for(visit.inbox, here, is_new=is_new)
    return {"messages": rules, "site": int(clock.now().timestamp() - here.since)} if rules else {}


def show(visit: Visit, message: int) -> dict[str, Any]:
    """The card, for a visitor who is on a page of this inbox's sites."""
    here = next(iter(those_here([visit.visitor])), None)
    if here is None or here.inbox != visit.inbox.pk:
        raise NotForThem
    sending = show_message(message, inbox=visit.inbox, here=here, language=visit.language)
    card = card_of(sending.text, sending.author, shop=team_of(visit.inbox))
    html = render_to_string("proactive/_card.html", {"card": card})
    return {"html": html, "said": f"{card.author}: {card.text}"}


def unfold(visit: Visit, message: int) -> dict[str, Any]:
    """The whole message, as it stands in the conversation from now on."""
    sending = open_message(message, inbox=visit.inbox, visitor=visit.visitor)
    return {"bubble": as_json(sending, visit, place=place_of(sending, visit))}


def click(visit: Visit, message: int) -> dict[str, Any]:
    click_message(message, inbox=visit.inbox, visitor=visit.visitor)
    return {}


def dismiss(visit: Visit, message: int) -> dict[str, Any]:
    dismiss_message(message, inbox=visit.inbox, visitor=visit.visitor)
    return {}


ACTS: dict[str, Callable[[Visit, int], dict[str, Any]]] = {
    "shown": show,
    "opened": unfold,
    "clicked": click,
    "dismissed": dismiss,
}


@door("POST")
def proactive(request: HttpRequest) -> HttpResponse:
    """`message`, a number of the rules, and `what` became of it: shown, opened, clicked or dismissed. Saying it twice
    changes nothing. Shown answers with the card as `html`, opened with the `bubble`; what is not for this visitor (it is
    paused, they have had it, or enough of them) is refused with 409."""
    visit, frame = visit_here(request, "offer"), frame_of(request)
    act = ACTS.get(words(frame, "what", 20))
    if act is None:
        raise Invalid(_("Say what became of it: shown, opened, clicked or dismissed."), field="what")
    return JsonResponse(act(visit, number(frame.get("message"), "message")))
