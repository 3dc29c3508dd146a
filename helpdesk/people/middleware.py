from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from helpdesk.errors import HelpdeskError
from helpdesk.pace import Pace

Handler = Callable[[HttpRequest], HttpResponse]
BURST, A_SECOND = 400, 20  # requests of one person to one process
STAFF_PAGES = (
    "/desk/",
    "/settings/",
    "/funnel/",
    "/account/",
    "/notices/",
    "/monitor/",
    "/service/",  # parts of a ticket, beside the thread
    "/help/suggestions/",  # a part of the desk's screen
)


def own_language_and_time_zone(get_response: Handler) -> Handler:
    """Show the team its screens in each one's own language and time zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return get_response(request)
        with timezone.override(ZoneInfo(user.time_zone or "UTC")):
            if is_staff_page(request.path):
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            return get_response(request)

    return middleware


def not_too_fast(get_response: Handler) -> Handler:
    """Whoever is signed in may ask for so many pages and changes at once, and in a second: more than anybody can, and less
    than a program that ran wild."""
    paces: dict[int, Pace] = {}

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or not is_staff_page(request.path):
            return get_response(request)
        if paces.setdefault(user.pk, Pace(burst=BURST, a_second=A_SECOND)).allows():
            return get_response(request)
        words = _("That was a lot at once. Wait a moment, then go on.")
        headers = {"Retry-After": "5"}
        return HttpResponse(words, status=429, content_type="text/plain; charset=utf-8", headers=headers)

    return middleware


def no_login_in_a_part(get_response: Handler) -> Handler:
    """Who is signed out is told so where a part of a page was asked for. A browser would follow the way to the login
    unseen, and the page take that form for the answer: a message would count as sent."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_sent_away = response.status_code == 302 and response["Location"].startswith(settings.LOGIN_URL)
        if not is_sent_away or not request.headers.get("HX-Request"):
            return response
        words = _(
            "You are signed out. What you wrote is kept: sign in in another tab, then load this page again."
        )
        return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")

    return middleware


def is_staff_page(path: str) -> bool:
    """The public pages keep the language of their address, also for an agent who reads them."""
    return path.startswith(STAFF_PAGES)


class refusals:  # noqa: N801  a middleware with process_exception has to be a class
    """Turn a HelpdeskError that a page raised into a sentence for the person who asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, HelpdeskError):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
        back = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(back, {request.get_host()}):
            messages.error(request, str(error))
            return redirect(back)
        return render(request, "refused.html", {"error": error}, status=error.status)
