"""The door for mail providers: prove who calls, store what came, say yes. Shut until the inbox has a provider and a secret."""

import hmac
import logging
from base64 import b64decode

from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailImproperlyInstalled,
    AnymailWebhookValidationFailure,
)
from anymail.webhooks.base import AnymailBaseWebhookView as AnymailView
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django_ratelimit.core import is_ratelimited

from helpdesk.connectors.email.providers.calls import note_call
from helpdesk.connectors.email.providers.mail import GivenMail, given_raw, put_together
from helpdesk.connectors.email.providers.posted import TooLarge, load_body
from helpdesk.connectors.email.providers.reports import take_report
from helpdesk.connectors.email.providers.table import view_for
from helpdesk.connectors.email.recipients import Recipient, find_recipient
from helpdesk.connectors.email.storing import store_mail
from helpdesk.inboxes.models import Inbox

log = logging.getLogger(__name__)
GUESSES, CALLS = "30/m", "1200/m"  # of one address with a wrong secret; of one inbox with the right one


@csrf_exempt  # a server calls, with the secret in its header and without cookies
@require_http_methods(["HEAD", "POST"])  # some providers try an address by HEAD
def hook(request: HttpRequest, key: str, provider: str, kind: str) -> HttpResponse:
    """200 once everything is stored or noted. Anything else makes the provider call again later."""
    inbox = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, key=key, is_active=True).first()
    view = view_for(provider, kind)
    if inbox is None or view is None or not is_open(inbox, provider):
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    if not is_genuine(inbox, request):
        if is_ratelimited(request, group="mailhook.guess", key="ip", rate=GUESSES, increment=True):
            return HttpResponse(status=429)
        note_call(inbox, provider, kind, 401)
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="helpdesk"'})
    if is_ratelimited(
        request, group=f"mailhook.{inbox.pk}", key=lambda *_: "all", rate=CALLS, increment=True
    ):
        return HttpResponse(status=429)
    status, words = take_call(request, inbox, view, provider, kind)
    note_call(inbox, provider, kind, status, words)
    return HttpResponse(status=status)


def is_open(inbox: Inbox, provider: str) -> bool:
    return inbox.options.get("webhook_provider") == provider and bool(inbox.secrets.get("webhook_secret"))


def is_genuine(inbox: Inbox, request: HttpRequest) -> bool:
    """The secret is the password of HTTP's Basic login; which user name stands before it does not matter."""
    given = credentials(request).partition(b":")[2]
    return hmac.compare_digest(str(inbox.secrets["webhook_secret"]).encode(), given)


def credentials(request: HttpRequest) -> bytes:
    """`user:password` of the Authorization header; b"" where there is none that can be read."""
    scheme, _blank, value = request.headers.get("Authorization", "").partition(" ")
    try:
        return b64decode(value) if scheme.lower() == "basic" else b""
    except ValueError:
        return b""


def take_call(
    request: HttpRequest, inbox: Inbox, view: type[AnymailView], provider: str, kind: str
) -> tuple[int, str]:
    """The status to answer with, and why, for the operator. What could not be stored is never a yes."""
    try:
        form = load_body(request)
        called = view(webhook_secret=[credentials(request).decode("utf-8", "replace")])
        called.run_validators(request)
        mails = [] if kind == "tracking" else given_raw(provider, request, form)
        events = [] if mails else called.parse_events(request)
        for event in events:
            if hasattr(event, "message"):
                mails.append(put_together(event.message))
            else:
                take_report(event, provider)
        for mail in mails:
            keep_mail(mail, inbox)
    except TooLarge:
        return 413, "The mail is larger than MAIL_MAX_BYTES."
    except AnymailWebhookValidationFailure as error:
        return 401, str(error)
    except (AnymailConfigurationError, AnymailImproperlyInstalled) as error:
        log.error("the webhook of %s at %s: %s", provider, inbox, error)
        return 503, " ".join(str(error).split())
    except (
        Exception
    ) as error:  # it is genuine: the provider keeps it and calls again while somebody looks into it
        log.exception("the webhook of %s at %s", provider, inbox)
        return 500, f"{type(error).__name__}: {error}"
    return 200, ""


def keep_mail(mail: GivenMail, inbox: Inbox) -> None:
    """Store it for the inboxes it is addressed to; for the webhook's own where no address of it is ours."""
    wanted = [address for address in mail.recipients if address] or [inbox.address]
    found = {address: recipient for address in wanted if (recipient := find_recipient(address))}
    store_mail(mail.raw, found or {wanted[0]: Recipient(inbox)}, mail.sender, "webhook")
