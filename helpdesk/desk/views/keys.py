"""An agent's own keys."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.desk.keys import can_change, choose_keys, keys_of
from helpdesk.errors import Invalid


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Every action with its key, to be changed; `reset` puts all back as they came."""
    if request.method == "GET":
        return draw_keys(request)
    try:
        choose_keys(request.user, {} if "reset" in request.POST else request.POST.dict())
    except Invalid as error:
        return draw_keys(request, error)
    messages.success(request, _("Your keys are saved."))
    return redirect("desk:keys")


def draw_keys(request: HttpRequest, error: Invalid | None = None) -> HttpResponse:
    groups = [
        (
            title,
            [
                (bound, request.POST.get(bound.action.name, bound.key))
                for bound in actions
                if can_change(bound.action)
            ],
        )
        for title, actions in keys_of(request.user)
    ]
    return render(request, "desk/keys.html", {"groups": groups, "error": error}, status=422 if error else 200)


@login_required
@require_POST
def letters(request: HttpRequest) -> HttpResponse:
    """Whether single letters do anything at all."""
    request.user.uses_letters = request.POST.get("uses_letters") == "on"
    request.user.save(update_fields=["uses_letters"])
    return HttpResponse(status=204)
