"""How answers leave an inbox: by which servers, and signed with which key."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.connectors.email.dkim import dns_name, dns_record, new_key
from helpdesk.connectors.email.screens.forms import DkimForm, SendingForm
from helpdesk.connectors.email.screens.presets import PRESETS
from helpdesk.connectors.email.screens.receiving import mail_inbox, save_and_try
from helpdesk.connectors.email.servers import operators_server, try_sending
from helpdesk.inboxes.models import Inbox
from helpdesk.people.permissions import admin_only


@admin_only
def sending(request: HttpRequest, pk: int) -> HttpResponse:
    """The servers; `try` beside Save logs in to each, sending nothing."""
    inbox = mail_inbox(pk)
    form = SendingForm(inbox, request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_and_try(request, form, try_sending)
        return redirect("email_inbox:sending", pk)
    return draw(request, inbox, form=form)


@admin_only
@require_POST
def dkim_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a key for domain and selector. It signs nothing before `use_dkim_key`: its record has to be in the DNS first."""
    inbox = mail_inbox(pk)
    form = DkimForm(inbox, request.POST)
    if not form.is_valid():
        return draw(request, inbox, dkim=form)
    named = {f"dkim_next_{part}": form.cleaned_data[f"dkim_{part}"] for part in ("domain", "selector")}
    change(inbox, named, dkim_next_key=new_key())
    messages.success(request, _("The key is made. Put its record into the DNS, then sign with it."))
    return redirect("email_inbox:sending", pk)


@admin_only
@require_POST
def use_dkim_key(request: HttpRequest, pk: int) -> HttpResponse:
    """The key that was made last signs from now on, in place of the one before."""
    inbox = mail_inbox(pk)
    waiting = inbox.secrets.get("dkim_next_key")
    if waiting:
        named = {f"dkim_{part}": inbox.options[f"dkim_next_{part}"] for part in ("domain", "selector")}
        change(inbox, named, dkim_key=waiting, dkim_next_key="")
        messages.success(request, _("Mail is signed with the new key from now on."))
    return redirect("email_inbox:sending", pk)


@admin_only
@require_POST
def remove_dkim_key(request: HttpRequest, pk: int) -> HttpResponse:
    change(mail_inbox(pk), {}, dkim_key="", dkim_next_key="")
    messages.success(request, _("Mail is not signed here any more."))
    return redirect("email_inbox:sending", pk)


@transaction.atomic
def change(inbox: Inbox, options: dict[str, str], **secrets: str) -> None:
    """Set these options and secrets and no others; an empty secret is taken away."""
    row = Inbox.objects.select_for_update().get(pk=inbox.pk)
    row.options = row.options | options
    row.secrets = {name: value for name, value in (row.secrets | secrets).items() if value}
    row.save(update_fields=["options", "secrets"])


def draw(
    request: HttpRequest, inbox: Inbox, *, form: SendingForm | None = None, dkim: DkimForm | None = None
) -> HttpResponse:
    is_refused = any(each is not None and each.errors for each in (form, dkim))
    pem, waiting = inbox.secrets.get("dkim_key", ""), inbox.secrets.get("dkim_next_key", "")
    page = {
        "inbox": inbox,
        "form": form or SendingForm(inbox),
        "dkim": dkim or DkimForm(inbox),
        "preset_hints": {key: preset.hint for key, preset in PRESETS.items() if preset.hint},
        "operators_server": str(operators_server()),
        "signed_as": dns_name(inbox) if pem else "",
        "record_name": "{dkim_next_selector}._domainkey.{dkim_next_domain}".format(**inbox.options)
        if waiting
        else "",
        "record": dns_record(waiting) if waiting else "",
    }
    return render(request, "email/screens/sending.html", page, status=422 if is_refused else 200)
