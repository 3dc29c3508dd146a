"""What makes the desk an app that a phone or computer installs: the manifest, and the service worker."""

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from helpdesk.people.models import Workspace

SCRIPT = Path(__file__).parent / "service-worker.js"
MARK, PAPER = "#123f45", "#f8f8f5"  # the sign's ground, and a page's
SHORT = 12  # characters below an icon


@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, so that it minds every page. Browsers look for a newer one at each visit."""
    headers = {"Service-Worker-Allowed": "/"}
    return HttpResponse(script(), content_type="text/javascript; charset=utf-8", headers=headers)


@lru_cache(maxsize=1)
def script() -> str:
    return SCRIPT.read_text()


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """https://www.w3.org/TR/appmanifest/. Says no more than the help center does to everybody."""
    name = Workspace.get().name
    answer = JsonResponse(
        {
            "id": "/desk/",
            "name": name,
            "short_name": name if len(name) <= SHORT else _("Helpdesk"),
            "lang": request.LANGUAGE_CODE,
            "start_url": "/desk/",
            "scope": "/",
            "display": "standalone",
            "theme_color": MARK,
            "background_color": PAPER,
            "icons": [
                icon("icons/app-192.png", 192),
                icon("icons/app-512.png", 512),
                icon("icons/app-maskable-512.png", 512, purpose="maskable"),
            ],
            "shortcuts": [
                {"name": _("Notices"), "url": "/notices/"},
                {"name": pgettext("verb", "Search"), "url": "/desk/search/"},
                {"name": _("Write to a customer"), "url": "/desk/tickets/new/"},
                {"name": _("Monitor"), "url": "/monitor/"},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Cache-Control"] = "max-age=3600"
    answer["Vary"] = "Accept-Language, Cookie"
    return answer


def icon(path: str, size: int, *, purpose: str = "any") -> dict[str, str]:
    return {"src": static(path), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
