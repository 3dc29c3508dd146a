"""The desk's script."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from helpdesk.desk.script import desk_script, script_version

YEAR = 365 * 24 * 3600


@require_safe
@login_required
@gzip_page
def script(request: HttpRequest, version: str) -> HttpResponse:
    """Its address changes with it, so it may be kept for ever; who comes from before an update gets the present one."""
    response = HttpResponse(desk_script(), content_type="text/javascript; charset=utf-8")
    keeping = {"max_age": YEAR, "immutable": True} if version == script_version() else {"max_age": 0}
    patch_cache_control(response, private=True, **keeping)
    return response
