"""What people without an account reach: a shared report, its files, and the way out of its mails.

Whatever is wrong with a link, the answer is the same: nobody learns from it whether there ever was one.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.core import is_ratelimited
from django_ratelimit.decorators import ratelimit
from django_ratelimit.exceptions import Ratelimited

from funnel.files.kinds import KINDS, TYPESET
from funnel.models import ReportSchedule, SharedReport
from funnel.report.answers import answer
from funnel.report.asking import Question
from funnel.sharing.kept import question_of
from funnel.sharing.links import find_shared, note_opening, token_of
from funnel.sharing.schedules import schedule_number, unsubscribe
from funnel.sharing.sheet import sheet_of

PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
SharedView = Callable[..., HttpResponse]


def for_readers(view: SharedView) -> SharedView:
    """Find the link, and show its report in its reader's language and the report's time zone. No answer is kept
    anywhere: a link that is revoked is revoked at once."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, token: str, **named: str) -> HttpResponse:
        shared = find_shared(token)
        question = question_of(shared.words) if shared else None
        if question is None:
            return nothing_there(request)
        with override(shared.language), timezone.override(question.period.zone):
            response = view(request, shared, question, **named)
        response.headers.setdefault("Content-Language", shared.language)
        return with_headers(response)

    return opened


def with_headers(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE.items():
        response[name] = value
    return response


def nothing_there(request: HttpRequest) -> HttpResponse:
    return with_headers(render(request, "funnel/sharing/gone.html", status=404))


@require_safe
@ratelimit(key="ip", rate="60/m", block=True)
@for_readers
def show_shared(request: HttpRequest, shared: SharedReport, question: Question) -> HttpResponse:
    if request.method == "GET":
        note_opening(shared)
    page = sheet_of(question, answer(question), shared)
    return render(request, "funnel/sharing/shared.html", page | {"token": token_of(shared)})


@require_safe
@ratelimit(key="ip", rate="60/m", block=True)
@for_readers
def give_shared(request: HttpRequest, shared: SharedReport, question: Question, kind: str) -> HttpResponse:
    """The report as a file, with the numbers of the page."""
    draw = KINDS.get(kind)
    if kind in TYPESET and is_ratelimited(request, group="typeset", key="ip", rate="20/m", increment=True):
        raise Ratelimited
    return draw(question, answer(question)) if draw else nothing_there(request)


@csrf_exempt  # the signed token is the permission; RFC 8058 has mail programs post without any cookie
@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit(key="ip", rate="60/m", block=True)
@never_cache
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link only asks, since mail scanners open links; posting it, by button or by the mail program,
    ends the mails. A schedule that is gone is ended as well."""
    number = schedule_number(token)
    if number is None:
        return nothing_there(request)
    schedule = ReportSchedule.objects.filter(pk=number).first()
    if request.method == "POST" and schedule:
        unsubscribe(schedule)
    is_done = schedule is None or bool(schedule.unsubscribed_at) or request.method == "POST"
    with override(schedule.language if schedule else get_language()):
        page = {"schedule": schedule, "is_done": is_done, "token": token}
        return with_headers(render(request, "funnel/sharing/leave.html", page))
