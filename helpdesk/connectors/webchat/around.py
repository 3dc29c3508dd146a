"""Doors to what stands around a conversation: the form before it, waiting, choosing not to wait, thumbs."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from helpdesk.connectors.webchat import standing
from helpdesk.connectors.webchat.api import door, frame_of, visit_here
from helpdesk.connectors.webchat.asking import asked_fields, read_answers
from helpdesk.connectors.webchat.choosing import choose
from helpdesk.connectors.webchat.identity import claim_of
from helpdesk.connectors.webchat.parsing import words
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import Invalid, NotThere
from helpdesk.events.actor import Actor
from helpdesk.tickets.thumbs import SCORES, rate_by_thumb


@door("GET")
def standing_now(request: HttpRequest) -> HttpResponse:
    """How it stands with the visitor's conversation, as standing.as_json says."""
    return JsonResponse(standing.as_json(visit_here(request, "read")))


@door("POST")
def answers(request: HttpRequest) -> HttpResponse:
    """`answers` to the form before the chat, tried: nothing is kept before there is a message. A refusal says in
    `fields` of each what is wrong."""
    visit, frame = visit_here(request, "small"), frame_of(request)
    read_answers(asked_fields(visit, claim_of(frame.get("who"))), frame.get("answers"))
    return JsonResponse({})


@door("POST")
def choice(request: HttpRequest) -> HttpResponse:
    """`choice`: wait, call with `phone`, or mail with `email`. Answers with how it stands now."""
    visit = visit_here(request, "message")  # the team gets a note of each
    choose(visit, frame_of(request))
    return JsonResponse(standing.as_json(visit))


@door("POST")
def thumb(request: HttpRequest) -> HttpResponse:
    """`thumb`: up or down, for the conversation so far."""
    visit = visit_here(request, "small")
    return JsonResponse({"thumb": rate_here(visit, frame_of(request))})


def rate_here(visit: Visit, frame: Mapping[str, Any]) -> str:
    """Keep the visitor's thumb; it is returned. Raises Invalid, and NotThere where nobody has answered them."""
    given, ticket = words(frame, "thumb", 10), standing.last_ticket(visit)
    if given not in SCORES:
        raise Invalid(field="thumb")
    if ticket is None:
        raise NotThere
    rate_by_thumb(ticket, thumb=given, by=Actor.customer(ticket.contact))
    return given
