"""Doors for the operator's probes."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from helpdesk.health.checks import run_checks
from helpdesk.health.figures import metrics_text


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives. Asks nobody else, so that a dead database does not get it restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything it needs is there, else 503 with the failing parts named."""
    parts = run_checks()
    failing = [name for name, wrong in parts.items() if wrong]
    answer = {
        "ready": not failing,
        "failing": failing,
        "parts": {name: wrong or "ok" for name, wrong in parts.items()},
    }
    return JsonResponse(answer, status=503 if failing else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts and ages only, no names; with METRICS_TOKEN set, for its bearer alone."""
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    if settings.METRICS_TOKEN and not hmac.compare_digest(given, wanted):
        return HttpResponse(status=403)
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)
