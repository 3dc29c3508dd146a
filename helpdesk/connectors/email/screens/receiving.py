"""How mail gets into an inbox: fetched, handed over, or brought by a provider."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from helpdesk.connectors.email.imap.connecting import try_connection
from helpdesk.connectors.email.providers.table import PROVIDERS
from helpdesk.connectors.email.screens.forms import OptionsForm, ReceivingForm, TrustForm, WebhookForm
from helpdesk.connectors.email.screens.presets import PRESETS
from helpdesk.errors import Invalid
from helpdesk.inboxes.models import Inbox
from helpdesk.people.permissions import admin_only

USER = "helpdesk"  # of the webhook's login; any would do


def mail_inbox(pk: int) -> Inbox:
    """The inbox, or 404 where it is none for mail."""
    return get_object_or_404(Inbox, pk=pk, kind=Inbox.Kind.EMAIL)


@admin_only
def receiving(request: HttpRequest, pk: int) -> HttpResponse:
    """The mailbox to fetch from; `try` beside Save connects to it."""
    inbox = mail_inbox(pk)
    form = ReceivingForm(inbox, request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_and_try(request, form, try_connection)
        return redirect("email_inbox:receiving", pk)
    return draw(request, inbox, form=form)


def save_and_try(request: HttpRequest, form: OptionsForm, trial: Callable[[Inbox], str]) -> None:
    """Save; where `try` was pressed, say how the `trial` of what was saved went: its sentence, or why it raised Invalid."""
    saved = form.save()
    if "try" not in request.POST:
        messages.success(request, _("Saved."))
        return
    try:
        messages.success(request, trial(saved))
    except Invalid as refusal:
        messages.error(request, _("Saved, but it does not work yet. %(reason)s") % {"reason": refusal})


@admin_only
@require_POST
def trust(request: HttpRequest, pk: int) -> HttpResponse:
    inbox = mail_inbox(pk)
    form = TrustForm(inbox, request.POST)
    if not form.is_valid():
        return draw(request, inbox, trust=form)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("email_inbox:receiving", pk)


@admin_only
@require_POST
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the provider; with the first one the inbox gets its secret."""
    inbox = mail_inbox(pk)
    form = WebhookForm(inbox, request.POST)
    if not form.is_valid():
        return draw(request, inbox, webhook=form)
    inbox = form.save()
    if inbox.options["webhook_provider"] and not inbox.secrets.get("webhook_secret"):
        return show_new_secret(request, inbox)
    messages.success(request, _("Saved."))
    return redirect("email_inbox:receiving", pk)


@admin_only
@require_POST
def new_secret(request: HttpRequest, pk: int) -> HttpResponse:
    return show_new_secret(request, mail_inbox(pk))


@never_cache
def show_new_secret(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """Make it and show it this once; the one before opens nothing any more."""
    fresh = secrets.token_urlsafe(24)
    with transaction.atomic():
        row = Inbox.objects.select_for_update().get(pk=inbox.pk)
        row.secrets = row.secrets | {"webhook_secret": fresh}
        row.save(update_fields=["secrets"])
    return draw(request, row, secret=fresh, status=200)


def draw(
    request: HttpRequest,
    inbox: Inbox,
    *,
    form: ReceivingForm | None = None,
    trust: TrustForm | None = None,
    webhook: WebhookForm | None = None,
    secret: str = "",
    status: int = 0,
) -> HttpResponse:
    is_refused = any(each is not None and each.errors for each in (form, trust, webhook))
    provider = inbox.options.get("webhook_provider", "")
    page = {
        "inbox": inbox,
        "form": form or ReceivingForm(inbox),
        "trust": trust or TrustForm(inbox),
        "webhook": webhook or WebhookForm(inbox),
        "preset_hints": {key: preset.hint for key, preset in PRESETS.items() if preset.hint},
        "provider": PROVIDERS.get(provider),
        "hook_url": hook_url(inbox, secret),
        "has_secret": bool(inbox.secrets.get("webhook_secret")),
        "secret": secret,
        "door_port": settings.MAIL_DOOR_PORT,
    }
    return render(
        request, "email/screens/receiving.html", page, status=status or (422 if is_refused else 200)
    )


def hook_url(inbox: Inbox, secret: str) -> str:
    """The address to give to the provider, up to its last part; with the login in it where the secret is at hand."""
    scheme, _colon, rest = settings.PUBLIC_URL.partition("://")
    login = f"{USER}:{secret or '••••••••'}@"
    return f"{scheme}://{login}{rest}/hooks/mail/{inbox.key}/{inbox.options.get('webhook_provider', '')}/"
