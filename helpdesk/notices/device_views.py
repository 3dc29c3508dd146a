"""Devices that show notices while no page of ours is open: the doors for their browsers, and for whoever minds them."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_ratelimit.core import is_ratelimited

from helpdesk.errors import HelpdeskError, Invalid
from helpdesk.notices.devices import COOKIE, device_here, keep_device, mark_browser
from helpdesk.notices.models import Device
from helpdesk.notices.pushing import try_device
from helpdesk.notices.webpush import push_keys
from helpdesk.people.user_agents import short_name

MOST_BYTES = 4096  # of a subscription
CHANGES, TRIALS = "30/m", "10/m"  # of one teammate


class TooOften(HelpdeskError):
    status = 429
    code = "too_often"
    sentence = gettext_lazy("That was a lot at once. Wait a minute, then go on.")


@login_required
@never_cache
@require_GET
def push_key(request: HttpRequest) -> HttpResponse:
    """What a browser subscribes with, and the token for the POST that follows: a service worker has no page to read it from."""
    return JsonResponse({"key": push_keys().public, "csrf": get_token(request)})


@login_required
@require_POST
def devices(request: HttpRequest) -> HttpResponse:
    """Keep this browser's subscription (a PushSubscription as JSON). The same one again changes nothing."""
    refuse_haste(request, "notices.devices", CHANGES)
    device = keep_device(
        request.user,
        subscription_in(request),
        name=short_name(request.headers.get("User-Agent", "")),
        replaces=device_here(request).first(),
    )
    response = HttpResponse(status=204)
    mark_browser(response, device)
    return response


def subscription_in(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise Invalid(_("This is too long to be a subscription."))
    try:
        subscription = json.loads(request.body)
    except ValueError:
        subscription = None
    if not isinstance(subscription, dict):
        raise Invalid(_("This is no subscription."))
    return subscription


@login_required
@require_POST
def delete_device(request: HttpRequest, pk: int) -> HttpResponse:
    """It shows no notice any more. A browser that is removed from itself forgets what it was."""
    device = get_object_or_404(Device, pk=pk, user=request.user)
    response = redirect("notices:choices")
    if device_here(request).filter(pk=device.pk).exists():
        response.delete_cookie(COOKIE, samesite="Lax")
    device.delete()
    messages.success(request, _("This device shows no notices any more."))
    return response


@login_required
@require_POST
def try_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a notice that is none to a device of one's own, and say what became of it."""
    refuse_haste(request, "notices.trials", TRIALS)
    wrong = try_device(get_object_or_404(Device, pk=pk, user=request.user))
    if wrong:
        messages.error(request, _("The push service did not take it: %(reason)s") % {"reason": wrong})
    else:
        messages.success(request, _("The push service took it: it is on the device in a moment."))
    return redirect("notices:choices")


def refuse_haste(request: HttpRequest, group: str, rate: str) -> None:
    if is_ratelimited(request, group=group, key="user", rate=rate, increment=True):
        raise TooOften
