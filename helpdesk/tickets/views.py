"""Public doors of a ticket: the survey's page, and files by their key."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods
from django_ratelimit.decorators import ratelimit

from helpdesk.asked import read_number
from helpdesk.events.actor import Actor
from helpdesk.people.contacts import lock_contact
from helpdesk.tickets.models import Attachment
from helpdesk.tickets.pictures import SHOWN
from helpdesk.tickets.surveys import (
    contact_of_token,
    is_open,
    language_of,
    question_of,
    rate_ticket,
    score_words,
    stop_surveys,
    survey_of,
)


@csrf_exempt  # the signed token is the permission; there is no session to misuse
@ratelimit(key="ip", rate="60/m", block=True)
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, token: str, score: int) -> HttpResponse:
    """A link of the survey. Opening it asks the browser to post the rating at once, so that mail scanners,
    which only fetch, rate nothing; without scripts there is a button."""
    survey = survey_of(token)
    if survey is None or score not in score_words():
        raise Http404
    if request.method == "POST" and is_open(survey):
        by = Actor.customer(survey.ticket.contact)
        chosen = read_number(request.POST.get("score", ""))
        score = score if chosen is None else chosen
        survey = rate_ticket(survey, score=score, comment=request.POST.get("comment", ""), by=by)
    with translation.override(language_of(survey.ticket)):
        page = {
            "survey": survey,
            "token": token,
            "score": score,
            "question": question_of(survey),
            "scores": score_words(survey.style),
            "words": score_words().get(survey.score),
            "is_open": is_open(survey),
        }
        status = 200 if page["is_open"] else 409
        return render(
            request, "tickets/rate.html", page | {"is_rated": request.method == "POST"}, status=status
        )


@csrf_exempt  # RFC 8058: a mail program posts it, without a cookie, a session or a redirect
@ratelimit(key="ip", rate="60/m", block=True)
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The List-Unsubscribe of surveys: a POST ends them at once; a GET, which scanners of links do too, only asks."""
    contact = contact_of_token(token)
    if contact is None:
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            stop_surveys(lock_contact(contact.pk))
    language = (
        contact.language if contact.language in dict(settings.LANGUAGES) else translation.get_language()
    )
    with translation.override(language):
        return render(request, "tickets/unsubscribe.html", {"is_done": request.method == "POST"})


@require_GET
@ratelimit(key="ip", rate="600/m", block=True)
def file(request: HttpRequest, key: UUID) -> FileResponse:
    """A file by its unguessable key, which only those who see its message are told. All but pictures is a download, so that
    no file of a customer runs on our origin."""
    attachment = Attachment.objects.filter(key=key).first()
    if attachment is None:
        raise Http404
    is_shown = attachment.content_type in SHOWN
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=not is_shown,
        filename=attachment.name,
        content_type=attachment.content_type if is_shown else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    )
    return response
