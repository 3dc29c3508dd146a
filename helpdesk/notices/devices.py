"""The devices of a teammate: switched on, changing hands, let go."""

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.signing import BadSignature
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from helpdesk import clock
from helpdesk.errors import Invalid
from helpdesk.notices.models import Device
from helpdesk.people.models import User

MOST = 20  # of one teammate
COOKIE = "device"  # the number of this browser's device, signed: who goes from this browser takes it along
COOKIE_LASTS = timedelta(days=400)
LONGEST_ADDRESS = 1000
POINT_BYTES, AUTH_BYTES = 65, 16


@transaction.atomic
def keep_device(user: User, subscription: Mapping[str, Any], *, name: str, replaces: Device | None) -> Device:
    """The browser whose PushSubscription this is shows this teammate's notices from now on, and nobody else's; `replaces` is
    what it was known as before. Raises Invalid where it is none, or there are MOST already."""
    endpoint, secrets = endpoint_in(subscription), secrets_in(subscription)
    if replaces and replaces.endpoint != endpoint:
        replaces.delete()
    Device.objects.filter(endpoint=endpoint).exclude(user=user).delete()
    if Device.objects.filter(user=user).exclude(endpoint=endpoint).count() >= MOST:
        raise Invalid(_("You have %(count)s devices already: remove one first.") % {"count": MOST})
    values = {"user": user, "secrets": secrets, "name": name, "fault": ""}
    device, _is_new = Device.objects.update_or_create(
        endpoint=endpoint, defaults=values, create_defaults=values | {"added_at": clock.now()}
    )
    return device


def endpoint_in(subscription: Mapping[str, Any]) -> str:
    endpoint = subscription.get("endpoint")
    if not isinstance(endpoint, str) or not 0 < len(endpoint) <= LONGEST_ADDRESS or not is_service(endpoint):
        raise Invalid(_("This is no address of a push service."), field="endpoint")
    return endpoint


def is_service(endpoint: str) -> bool:
    """Push services are asked by https alone. Where private addresses are allowed, one of this machine needs no certificate."""
    try:
        parts = urlsplit(endpoint)
        schemes = {"https", "http"} if settings.ALLOW_PRIVATE_ADDRESSES else {"https"}
        return parts.scheme in schemes and bool(parts.hostname) and not parts.username
    except ValueError:
        return False


def secrets_in(subscription: Mapping[str, Any]) -> dict[str, str]:
    """The device's public key, a point of P-256, and the secret that it shares with us."""
    keys = subscription.get("keys")
    keys = keys if isinstance(keys, dict) else {}
    point, auth = bytes_of(keys.get("p256dh")), bytes_of(keys.get("auth"))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise Invalid(_("This is no key of a device."), field="p256dh") from None
    if len(point) != POINT_BYTES:
        raise Invalid(_("This is no key of a device."), field="p256dh")
    if len(auth) != AUTH_BYTES:
        raise Invalid(_("This is no secret of a device."), field="auth")
    return {"p256dh": keys["p256dh"], "auth": keys["auth"]}


def bytes_of(text: object) -> bytes:
    """From base64url; empty for what is none, or too long to be a key."""
    if not isinstance(text, str) or len(text) > 2 * POINT_BYTES:
        return b""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return b""


def device_here(request: HttpRequest) -> QuerySet[Device]:
    """The device that this browser is, whosever it is; none where push was never switched on here."""
    try:
        return Device.objects.filter(pk=request.get_signed_cookie(COOKIE, None))
    except BadSignature:
        return Device.objects.none()


def mark_browser(response: HttpResponse, device: Device) -> None:
    response.set_signed_cookie(
        COOKIE,
        device.pk,
        max_age=COOKIE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def leave_browser(request: HttpRequest, response: HttpResponse, *, stays: User | None) -> None:
    """Somebody signs out of this browser (`stays` None), or signs in: it shows the notices of nobody but `stays`."""
    if COOKIE not in request.COOKIES:
        return
    here = device_here(request)
    if stays is None or not here.filter(user=stays).exists():
        here.delete()
        response.delete_cookie(COOKIE, samesite="Lax")
