"""Telegram's door: prove who calls, store what came, say yes. Everything else is a job's work."""

import hmac
import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.raw import store_raw

LARGEST = 2**20  # bytes; an update holds words and ids, never files


@csrf_exempt  # a server calls, with the secret in its header and without cookies
@require_POST
def hook(request: HttpRequest, key: str) -> HttpResponse:
    """200 once the update is stored; Telegram sends it again after anything else."""
    inbox = Inbox.objects.filter(kind=Inbox.Kind.TELEGRAM, key=key, is_active=True).first()
    if inbox is None:
        raise Http404
    if not is_genuine(inbox, request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")):
        return HttpResponse(status=403)
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    if not is_json_object(body):
        return HttpResponse(status=400)
    store_raw(body, inbox=inbox, door="webhook", recipient=key)
    return HttpResponse(status=200)


def is_genuine(inbox: Inbox, given: str) -> bool:
    """The secret now in force, or the one before it while a change spreads."""
    given_bytes = given.encode("utf-8", "replace")
    known = [inbox.secrets.get("webhook_secret"), inbox.secrets.get("webhook_secret_before")]
    return any(hmac.compare_digest(str(secret).encode(), given_bytes) for secret in known if secret)


def is_json_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False
