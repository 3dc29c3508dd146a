"""The same conversation as a page without scripts: the thread, what stands around it, and forms that post."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods
from django_ratelimit.decorators import ratelimit

from helpdesk.connectors.webchat import conversation
from helpdesk.connectors.webchat.api import number
from helpdesk.connectors.webchat.around import rate_here
from helpdesk.connectors.webchat.asking import asked_fields, questions
from helpdesk.connectors.webchat.bubbles import bubble
from helpdesk.connectors.webchat.choosing import choose
from helpdesk.connectors.webchat.limits import refuse_flood
from helpdesk.connectors.webchat.parsing import words
from helpdesk.connectors.webchat.standing import last_ticket, notice_context, standing_of
from helpdesk.connectors.webchat.uploads import read_uploads
from helpdesk.connectors.webchat.views import language_asked, page_of_widget, widget_or_404
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import HelpdeskError
from helpdesk.people.visitors import remember_visitor, visitor_of
from helpdesk.tickets.thumbs import thumb_of

ANSWER = "answer-"


@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit(key="ip", rate="300/m", block=True)
def plain(request: HttpRequest, key: str) -> HttpResponse:
    """GET shows the conversation, POST adds to it: a message, a rating, a choice. What is refused comes back with its
    reason, and what was written stays."""
    inbox = widget_or_404(key)
    visit = Visit(inbox, visitor_of(request), language_asked(request, inbox))
    error = None
    with translation.override(visit.language):
        if request.method == "POST":
            try:
                refuse_flood("message", visitor=visit.visitor, address=request.META["REMOTE_ADDR"])
                post_plainly(request, visit)
            except HelpdeskError as refusal:
                error = refusal
            else:
                response = redirect(f"{request.path}?lang={visit.language}#end")
                remember_visitor(response, visit.visitor)
                return response
        page = page_of_widget(inbox, visit.language) | page_of_visit(request, visit, error)
        response = render(request, "webchat/plain.html", page, status=error.status if error else 200)
    remember_visitor(response, visit.visitor)
    return response


def page_of_visit(request: HttpRequest, visit: Visit, error: HelpdeskError | None) -> dict[str, Any]:
    """What the page prints of this visitor's conversation; it is seen now."""
    thread = list(conversation.shown(visit).order_by("-created_at", "-id")[: conversation.PAGE])[::-1]
    if thread:
        conversation.note_seen(visit, max(message.pk for message in thread))
    given, wrong = answers_in(request), getattr(error, "fields", {})
    last = last_ticket(visit)
    ticket = last if last and not last.is_finished else None
    asked = asked_fields(visit)
    around = notice_context(visit, standing_of(visit, ticket))
    return around | {
        "choices": thread[-1].choices if thread else [],
        "bubbles": [bubble(message, visit) for message in thread],
        "questions": questions(asked, given=given, wrong=wrong),
        "asks_email": any(one.kind == "email" for one in asked),
        "error": error,
        "text": request.POST.get("text", ""),
        "contact": visit.contact(),
        "uuid": uuid4().hex,
        "can_rate": bool(last and last.first_replied_at),
        "thumb": thumb_of(last) if last else "",
    }


def post_plainly(request: HttpRequest, visit: Visit) -> None:
    """What a form of the page without scripts carries: a rating, a choice, or a message."""
    form = request.POST.dict()
    if "message" in form:
        scores = {"score": number(form.get("score"), "score"), "comment": words(form, "comment", 4_001)}
        conversation.rate(visit, number(form["message"], "message"), **scores)
    elif "thumb" in form:
        rate_here(visit, form)
    elif "choice" in form:
        choose(visit, form)
    else:
        written = form | {"answers": answers_in(request)}
        conversation.take_message(visit, written, files=read_uploads(request.FILES.getlist("files")))


def answers_in(request: HttpRequest) -> dict[str, str]:
    """What was answered to the form before the chat, by the questions' keys."""
    posted = request.POST.items()
    return {name.removeprefix(ANSWER): value for name, value in posted if name.startswith(ANSWER)}
