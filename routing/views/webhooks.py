"""Webhooks: the programs that triggers tell of what happened, and each telling with its tries."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.jobs import queue
from helpdesk.keyset import keyset_page
from helpdesk.workspace.permissions import admin_only
from routing.models import Webhook, WebhookCall
from routing.webhooks.calling import send_again
from routing.webhooks.forms import WebhookForm
from routing.webhooks.saving import make_webhook, renew_secret
from routing.webhooks.telling import SEND, tell_webhook

State = WebhookCall.State


@admin_only
@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    waiting = Count("calls", filter=Q(calls__state=State.QUEUED))
    return render(request, "routing/webhooks.html", {"rows": Webhook.objects.annotate(waiting=waiting)})


@admin_only
def new_webhook(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None, instance=Webhook(is_active=True))
    if request.method == "POST" and form.is_valid():
        secret = make_webhook(form.save(commit=False), user=request.user)
        return show_secret(request, form.instance, secret)
    return render(request, "routing/webhook_form.html", {"form": form}, status=422 if form.is_bound else 200)


@admin_only
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Its form, and below it what was sent, the newest first."""
    row = get_object_or_404(Webhook, pk=pk)
    form = WebhookForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("routing:webhook", pk)
    cursor = request.GET.get("cursor", "")
    found = keyset_page(row.calls.select_related("ticket"), by="made_at", cursor=cursor)
    page = {
        "webhook": row,
        "form": form,
        "calls": found.rows,
        "is_first": not cursor,
        "older": urlencode({"cursor": found.next_cursor}) if found.next_cursor else "",
    }
    return render(request, "routing/webhook.html", page, status=422 if form.is_bound else 200)


def show_secret(request: HttpRequest, row: Webhook, secret: str) -> HttpResponse:
    """The answer of the very request that made it: it is kept nowhere else in the clear, and no address shows it again."""
    response = render(request, "routing/webhook_secret.html", {"webhook": row, "secret": secret})
    response["Cache-Control"] = "no-store"
    return response


@admin_only
@require_POST
def new_secret(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Webhook, pk=pk)
    return show_secret(request, row, renew_secret(row))


@admin_only
@require_POST
def test_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a call that is about no ticket."""
    row = get_object_or_404(Webhook, pk=pk)
    tell_webhook(row, None, what="webhook.test")
    messages.success(request, _("A test is on its way. Its answer stands below in a moment."))
    return redirect("routing:webhook", pk)


@admin_only
@require_POST
def repeat_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one again."""
    call = get_object_or_404(WebhookCall, pk=pk)
    send_again(call)
    queue(SEND, call.pk)
    messages.success(request, _("It is sent again."))
    return redirect("routing:webhook", call.webhook_id)


@admin_only
@require_POST
def delete_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete it with its log. Triggers that name it say in theirs that it is gone."""
    row = get_object_or_404(Webhook, pk=pk)
    row.delete()
    messages.success(request, _("The webhook “%(name)s” is deleted.") % {"name": row})
    return redirect("routing:webhooks")
