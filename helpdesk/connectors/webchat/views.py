"""Pages of the widget: the loader for other people's sites, and the frame it opens."""

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe
from django_ratelimit.decorators import ratelimit

from helpdesk.connectors.webchat.look import look_of, sites_of, team_of
from helpdesk.connectors.webchat.parsing import LONGEST_TEXT
from helpdesk.connectors.webchat.scripts import (
    frame_script,
    loader_script,
    more_script,
    version_of,
)
from helpdesk.connectors.webchat.uploads import ACCEPT, MOST_BYTES, MOST_FILES
from helpdesk.connectors.webchat.visits import language_of, widget_of
from helpdesk.errors import NotThere
from helpdesk.inboxes.models import Inbox

YEAR = 60 * 60 * 24 * 365
SCRIPT = "text/javascript; charset=utf-8"


def loader_tag(request: HttpRequest) -> str:
    return f'"{version_of(loader_script())}"'


@require_safe
@ratelimit(key="ip", rate="600/m", block=True)
@gzip_page
@cache_control(public=True, max_age=3600)
@condition(etag_func=loader_tag)
def loader(request: HttpRequest) -> HttpResponse:
    """The one script a site includes."""
    return for_every_origin(loader_script())


@require_safe
@ratelimit(key="ip", rate="600/m", block=True)
@gzip_page
def more(request: HttpRequest, version: str) -> HttpResponse:
    """The loader's second half, for pages that call more of it."""
    return versioned(for_every_origin(more_script()), version, version_of(more_script()))


@require_safe
@ratelimit(key="ip", rate="600/m", block=True)
@gzip_page
def script(request: HttpRequest, version: str) -> HttpResponse:
    """What runs in the frame."""
    return versioned(HttpResponse(frame_script(), content_type=SCRIPT), version, version_of(frame_script()))


def for_every_origin(source: str) -> HttpResponse:
    """A script that every site may read: there is nothing secret in it."""
    response = HttpResponse(source, content_type=SCRIPT)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def versioned(response: HttpResponse, asked: str, present: str) -> HttpResponse:
    """Its address changes with it, so it may be kept for ever; who came before an update gets the present script,
    and keeps it for this once."""
    keeping = {"max_age": YEAR, "immutable": True} if asked == present else {"max_age": 0}
    patch_cache_control(response, public=True, **keeping)
    return response


@require_safe
@ratelimit(key="ip", rate="600/m", block=True)
@gzip_page
@cache_control(public=True, max_age=60)
@xframe_options_exempt
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """The widget itself, on our origin, inside the host's page. The same for every visitor: it holds nothing of
    theirs until its script has shown the token. Only the inbox's own sites may frame it."""
    inbox = widget_or_404(key)
    language = language_asked(request, inbox)
    shown = csp_replace({"frame-ancestors": sites_of(inbox)})(render)
    with translation.override(language):
        response = shown(request, "webchat/frame.html", page_of_widget(inbox, language))
    patch_vary_headers(response, ["Accept-Language"])
    return response


def page_of_widget(inbox: Inbox, language: str) -> dict:
    return {
        "inbox": inbox,
        "look": look_of(inbox, language),
        "team": team_of(inbox),
        "language": language,
        "accept": ACCEPT,
        "most_files": MOST_FILES,
        "most_bytes": MOST_BYTES,
        "most_megabytes": MOST_BYTES // 2**20,
        "version": version_of(frame_script()),
        "longest_text": LONGEST_TEXT,
    }


def widget_or_404(key: str) -> Inbox:
    try:
        return widget_of(key)
    except NotThere:
        raise Http404 from None


def language_asked(request: HttpRequest, inbox: Inbox) -> str:
    """What the host page says, else what the browser asks for, else the inbox's own language."""
    if asked := request.GET.get("lang", ""):
        return language_of(asked, inbox.language)
    return (
        translation.get_language_from_request(request)
        if "Accept-Language" in request.headers
        else inbox.language
    )
