"""Pages of the widget: the loader for other people's sites, the frame it opens, the page without scripts."""

import json
import re
from functools import lru_cache
from hashlib import sha256
from uuid import uuid4

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_http_methods, require_safe

from helpdesk.connectors.webchat import conversation
from helpdesk.connectors.webchat.api import number
from helpdesk.connectors.webchat.bubbles import bubble
from helpdesk.connectors.webchat.limits import refuse_flood
from helpdesk.connectors.webchat.look import look_of, sites_of, team_of
from helpdesk.connectors.webchat.parsing import LONGEST_TEXT
from helpdesk.connectors.webchat.uploads import ACCEPT, MOST_BYTES, MOST_FILES, read_uploads
from helpdesk.connectors.webchat.visits import Visit, language_of, widget_of
from helpdesk.errors import HelpdeskError, NotThere
from helpdesk.inboxes.models import Inbox
from helpdesk.people.visitors import remember_visitor, visitor_of

COMMENTS = re.compile(r"^\s*//.*\n|^[ \t]+|^\s*\n", re.MULTILINE)

# What frame.js imports: asked for at once instead of one after the other.
MODULES = [f"widget/{name}.js" for name in ("server", "host", "live", "outbox", "thread", "composer", "help")]


@lru_cache(maxsize=1)
def loader_script() -> str:
    """The loader as it is sent: without comments and indents, with its few words in every language.

    Its file keeps comments on lines of their own and no text over several lines, so that this is safe.
    """
    with open(loader_file(), encoding="utf-8") as file:
        script = COMMENTS.sub("", file.read())
    return script.replace('"TEXTS"', json.dumps(loader_texts(), ensure_ascii=False, separators=(",", ":")))


def loader_file() -> str:
    return finders.find("widget/loader.js") or staticfiles_storage.path("widget/loader.js")


def loader_texts() -> dict[str, str]:
    """The first two letters of a language -> the launcher's name in it."""
    texts = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts[code[:2]] = _("Help and chat")
    return texts


def loader_tag(request: HttpRequest) -> str:
    return f'"{sha256(loader_script().encode()).hexdigest()[:32]}"'


@require_safe
@gzip_page
@cache_control(public=True, max_age=3600)
@condition(etag_func=loader_tag)
def loader(request: HttpRequest) -> HttpResponse:
    """The one script a site includes. It may be read from every origin: there is nothing secret in it."""
    response = HttpResponse(loader_script(), content_type="text/javascript; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
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


@require_http_methods(["GET", "HEAD", "POST"])
def plain(request: HttpRequest, key: str) -> HttpResponse:
    """The same conversation as a page without scripts: the thread and a form that posts."""
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
        thread = list(conversation.shown(visit).order_by("-created_at", "-id")[: conversation.PAGE])[::-1]
        if thread:
            conversation.note_seen(visit, max(message.pk for message in thread))
        page = page_of_widget(inbox, visit.language) | {
            "bubbles": [bubble(message, visit) for message in thread],
            "error": error,
            "text": request.POST.get("text", ""),
            "contact": visit.contact(),
            "uuid": uuid4().hex,
        }
        response = render(request, "webchat/plain.html", page, status=error.status if error else 200)
    remember_visitor(response, visit.visitor)
    return response


def post_plainly(request: HttpRequest, visit: Visit) -> None:
    """What a form of the page without scripts carries: a rating, or a message."""
    form = request.POST.dict()
    if "message" in form:
        scores = {"score": number(form.get("score"), "score"), "comment": form.get("comment", "")}
        conversation.rate(visit, number(form["message"], "message"), **scores)
    else:
        conversation.take_message(visit, form, files=read_uploads(request.FILES.getlist("files")))


def page_of_widget(inbox: Inbox, language: str) -> dict:
    return {
        "inbox": inbox,
        "look": look_of(inbox),
        "team": team_of(inbox),
        "language": language,
        "accept": ACCEPT,
        "most_files": MOST_FILES,
        "most_bytes": MOST_BYTES,
        "most_megabytes": MOST_BYTES // 2**20,
        "modules": MODULES,
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
