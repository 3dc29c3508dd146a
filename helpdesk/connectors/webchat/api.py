"""What the widget asks over HTTP: opening, and everything else while there is no websocket.

Every call names its inbox (`?inbox=KEY`) and proves its visitor by the signed token in the X-Visitor header.
No cookie is a permission here, so these doors need no CSRF token; only `start` reads the help center's cookie.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from helpdesk.connectors.webchat import conversation, standing
from helpdesk.connectors.webchat.asking import WrongAnswers, form_for
from helpdesk.connectors.webchat.identity import Claim, claim_of
from helpdesk.connectors.webchat.limits import refuse_flood
from helpdesk.connectors.webchat.parsing import page_of, words
from helpdesk.connectors.webchat.recognition import enter
from helpdesk.connectors.webchat.uploads import MOST_BYTES, MOST_FILES, read_uploads
from helpdesk.connectors.webchat.visits import Visit, is_of, language_of, token_for, visit_of, widget_of
from helpdesk.errors import HelpdeskError, Invalid, NotAllowed
from helpdesk.inboxes.models import Inbox
from helpdesk.people.bans import is_banned
from helpdesk.people.presence import end_presence, note_presence
from helpdesk.people.user_agents import short_name
from helpdesk.people.visitors import COOKIE, read_token, remember_visitor

LARGEST_BODY = MOST_FILES * MOST_BYTES + 2**20
PROBLEM = "application/problem+json"
Door = Callable[[HttpRequest], HttpResponse]


def door(method: str) -> Callable[[Callable[..., HttpResponse]], Door]:
    """A public door: one method, never cached, a refusal as problem details (RFC 9457)."""

    def decorate(view: Callable[..., HttpResponse]) -> Door:
        @csrf_exempt
        @never_cache
        @require_http_methods([method])
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            with translation.override(language_of(request.GET.get("lang", ""))):
                try:
                    return view(request)
                except HelpdeskError as error:
                    return JsonResponse(problem_of(error), status=error.status, content_type=PROBLEM)

        return guarded

    return decorate


def problem_of(error: HelpdeskError) -> dict[str, Any]:
    """As the API has it. `reason`, `code` and `field` say the same to who asked before there was a standard; `fields` and
    `form` are the widget's."""
    said = {
        "type": f"urn:helpdesk:problem:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": str(error),
        "reason": str(error),
        "code": error.code,
        "field": error.field,
    }
    if isinstance(error, WrongAnswers):
        errors = [{"field": name, "reason": reason} for name, reason in error.fields.items()]
        said |= {"errors": errors, "fields": error.fields, "form": error.form}
    return said


def visit_here(request: HttpRequest, what: str) -> Visit:
    """The visit of this request, counted against the limits of `what`."""
    get = request.GET.get
    visit = visit_of(request.headers.get("X-Visitor", ""), get("inbox", ""), get("lang", ""))
    refuse_flood(what, visitor=visit.visitor, address=request.META["REMOTE_ADDR"])
    return visit


@door("POST")
def start(request: HttpRequest) -> HttpResponse:
    """A widget opens: whose conversation it is, as a token, and the end of its thread.

    The help center's own cookie, where the browser sends it, comes before the token of the host page, so that
    the articles someone read and the chat that follows belong to one person. `who` is what the site says of them, and
    its proof; one that is wrong is `refused`, and the widget opens as for anybody.
    """
    refuse_flood("start", visitor=None, address=request.META["REMOTE_ADDR"])
    frame = frame_of(request)
    visit, refused = visit_begun(request, widget_of(request.GET.get("inbox", ""))), {}
    claim = claim_of(frame.get("who"))
    try:
        visit = enter(visit, frame.get("who"))
    except NotAllowed as error:
        refused, claim = {"refused": {"reason": str(error), "code": error.code}}, Claim()
    if not is_banned(visit.visitor, address=request.META["REMOTE_ADDR"]):
        here(visit, frame, browser=short_name(request.headers.get("User-Agent", "")))
    around = {"form": form_for(visit, claim), "standing": standing.as_json(visit)}
    response = JsonResponse({"token": token_for(visit)} | refused | conversation.overview(visit) | around)
    remember_visitor(response, visit.visitor)
    return response


def visit_begun(request: HttpRequest, inbox: Inbox) -> Visit:
    """The visit of who opens the widget: as their cookie or their token says, else somebody new."""
    fresh = Visit(inbox, uuid4(), language_of(request.GET.get("lang", "")))
    cookie = read_token(request.COOKIES.get(COOKIE, ""))
    token = read_token(request.headers.get("X-Visitor", ""))
    if token and (cookie is None or cookie.visitor == token.visitor):
        visit = replace(fresh, visitor=token.visitor, user_id=token.user_id)
        if is_of(token, visit):
            return visit
    return replace(fresh, visitor=cookie.visitor) if cookie else fresh


@door("POST")
def messages(request: HttpRequest) -> HttpResponse:
    """Write: JSON, or a form with `files`. Answers with the stored message; the same uuid again with the same."""
    visit = visit_here(request, "message")
    frame = frame_of(request)
    receipt = conversation.take_message(visit, frame, files=read_uploads(request.FILES.getlist("files")))
    [message] = conversation.drawn(visit, [receipt.message])
    return JsonResponse(message | {"ticket": receipt.ticket.pk}, status=201)


@door("GET")
def changes(request: HttpRequest) -> HttpResponse:
    """`?after=`: what is new since that event. The fallback of the websocket, and as often as it is asked."""
    visit = visit_here(request, "read")
    return JsonResponse(conversation.changes_after(visit, number(request.GET.get("after"), "after")))


@door("GET")
def earlier(request: HttpRequest) -> HttpResponse:
    """`?before=`: the page of the thread before that message."""
    visit = visit_here(request, "read")
    return JsonResponse(conversation.earlier_than(visit, number(request.GET.get("before"), "before")))


@door("POST")
def seen(request: HttpRequest) -> HttpResponse:
    """`message`: the visitor has seen all answers up to this one."""
    visit = visit_here(request, "small")
    conversation.note_seen(visit, number(frame_of(request).get("message"), "message"))
    return JsonResponse({"unread": conversation.unread(visit)})


@door("POST")
def details(request: HttpRequest) -> HttpResponse:
    """`email`, `name`: what the visitor says of themselves; or `who`: what the site says of them, and its proof. `kept`
    is false while they have written nothing; `token` is the one to go on with."""
    visit, frame = visit_here(request, "small"), frame_of(request)
    if "who" in frame:
        visit = enter(visit, frame["who"])
        return JsonResponse({"kept": visit.contact() is not None, "token": token_for(visit)})
    return JsonResponse({"kept": conversation.note_details(visit, frame)})


@door("POST")
def rating(request: HttpRequest) -> HttpResponse:
    """`message`, `score` 1 to 5, `comment`: the rating of a conversation, or a new one in its place."""
    visit = visit_here(request, "small")
    frame = frame_of(request)
    message = conversation.rate(
        visit,
        number(frame.get("message"), "message"),
        score=number(frame.get("score"), "score"),
        comment=words(frame, "comment", 4_001),
    )
    [drawn] = conversation.drawn(visit, [message])
    return JsonResponse(drawn)


@door("POST")
def logout(request: HttpRequest) -> HttpResponse:
    """Forget the visitor in this browser; the token's conversation stays with the team."""
    visit = visit_here(request, "small")
    end_presence(visit.visitor)
    response = JsonResponse({})
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """What the request carries, JSON or form, as one dictionary. Raises Invalid."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise Invalid(_("This is too large to send."))
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        frame = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        frame = None
    if not isinstance(frame, dict):
        raise Invalid(_("This is not JSON."))
    return frame


def number(value: object, field: str) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return value
    raise Invalid(_("A whole number is needed."), field=field)


def here(visit: Visit, frame: dict[str, Any], *, browser: str = "") -> None:
    page = page_of(frame)
    place = {"url": page.get("page", ""), "title": page.get("page_title", "")}
    note_presence(visit.visitor, inbox=visit.inbox.pk, browser=browser, **place)
