"""The scripts that other people's sites include: our loader, and the same behind the names that pages written for
Chatwoot and Intercom know. With an inbox's key in the address they bring its look along."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django_ratelimit.decorators import ratelimit

from helpdesk.connectors.webchat.look import launcher_of, launcher_words
from helpdesk.connectors.webchat.scripts import loader_script, shim_script, version_of
from helpdesk.connectors.webchat.views import for_every_origin, widget_or_404

KEPT_FOR = 300  # seconds: so long after a change of its look a site may show the old one

Door = Callable[..., HttpResponse]


def script_door(view: Door) -> Door:
    """A door for everybody's pages: read only, not too often, packed."""
    return require_safe(ratelimit(key="ip", rate="600/m", block=True)(gzip_page(view)))


@script_door
def loader(request: HttpRequest, key: str) -> HttpResponse:
    inbox = widget_or_404(key)
    return sent(request, loader_script(launcher_of(inbox), launcher_words(inbox)))


@script_door
def intercom(request: HttpRequest, key: str = "") -> HttpResponse:
    return shim(request, "intercom", key)


@script_door
def chatwoot(request: HttpRequest, key: str = "") -> HttpResponse:
    return shim(request, "chatwoot", key)


def shim(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Without a key the page names the inbox, in the place of the other widget's own key."""
    if not key:
        return sent(request, shim_script(name))
    inbox = widget_or_404(key)
    return sent(request, shim_script(name, launcher_of(inbox), launcher_words(inbox)))


def sent(request: HttpRequest, script: str) -> HttpResponse:
    tag = f'"{version_of(script)}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = for_every_origin(script)
    response["ETag"] = tag
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response
