"""What the team said first, as it stands in the visitor's conversation."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from helpdesk.connectors.webchat.look import team_of
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.proactive.card import card_of
from helpdesk.proactive.models import ProactiveSending
from helpdesk.tickets.models import Message


def with_what_we_said_first(
    visit: Visit,
    messages: Sequence[Message],
    bubbles: Sequence[dict[str, Any]],
    *,
    is_start: bool,
    is_end: bool,
) -> list[dict[str, Any]]:
    """A stretch of the conversation, with the messages of ours that were opened meanwhile, each before what was written
    after it. `is_start` and `is_end`: nothing comes before the stretch, or after it."""
    sendings = list(opened(visit).order_by("shown_at", "id"))
    if messages and not is_start:
        sendings = [one for one in sendings if one.shown_at >= messages[0].created_at]
    if messages and not is_end:
        sendings = [one for one in sendings if one.shown_at < messages[-1].created_at]
    placed, before = [], 0
    for message, bubble in zip(messages, bubbles, strict=True):
        while sendings and sendings[0].shown_at <= message.created_at:
            before = place_after(before)
            placed.append(as_json(sendings.pop(0), visit, place=before))
        placed.append(bubble)
        before = message.pk
    for sending in sendings:
        before = place_after(before)
        placed.append(as_json(sending, visit, place=before))
    return placed


def opened(visit: Visit) -> QuerySet[ProactiveSending]:
    """Those that this browser has opened, and those that began a conversation which it may see."""
    of_them = Q(visitor=visit.visitor) | Q(ticket__in=visit.tickets())
    return ProactiveSending.objects.filter(of_them, inbox=visit.inbox, opened_at__isnull=False)


def place_after(number: float) -> float:
    """The thread is ordered by the numbers of its messages; what is no message stands between two of them."""
    return round(number + 0.001, 3)


def place_of(sending: ProactiveSending, visit: Visit) -> float:
    """Where a message that was opened just now stands, as the whole thread would have it."""
    last = visit.messages().filter(created_at__lt=sending.shown_at).order_by("-created_at", "-id").first()
    before = opened(visit).filter(shown_at__lt=sending.shown_at)
    if last:
        before = before.filter(shown_at__gt=last.created_at)
    return round((last.pk if last else 0) + 0.001 * (before.count() + 1), 3)


def as_json(sending: ProactiveSending, visit: Visit, *, place: float) -> dict[str, Any]:
    """As bubbles.as_json has it. `mine` says that there is nothing to announce and nothing to mark as seen."""
    card = card_of(sending.text, sending.author, shop=team_of(visit.inbox))
    context = {"sending": sending, "card": card, "place": repr(place)}
    with translation.override(visit.language):
        html = render_to_string("webchat/_said_first.html", context)
    return {"id": place, "uuid": "", "mine": True, "at": sending.shown_at.isoformat(), "html": html}
