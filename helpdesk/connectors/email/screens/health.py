"""The health page of a mail inbox."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.connectors.email.health import checks_of, today, worst
from helpdesk.connectors.email.imap.reconciling import compare
from helpdesk.connectors.email.imap.trouble import EXPECTED, as_trouble, without_secrets
from helpdesk.connectors.email.models import ImapFolder
from helpdesk.connectors.email.screens.receiving import mail_inbox
from helpdesk.jobs import queue
from helpdesk.people.permissions import admin_only


@admin_only
@require_GET
def health(request: HttpRequest, pk: int) -> HttpResponse:
    inbox = mail_inbox(pk)
    checks = checks_of(inbox)
    page = {"inbox": inbox, "checks": checks, "level": worst(checks), "today": today(inbox)}
    return render(request, "email/screens/health.html", page)


@admin_only
@require_POST
def compare_folder(request: HttpRequest, pk: int, folder_id: int) -> HttpResponse:
    """Count on the server and here, now; what is missing is fetched by a job."""
    folder = get_object_or_404(ImapFolder.objects.select_related("inbox"), pk=folder_id, inbox=mail_inbox(pk))
    try:
        found = compare(folder)
    except EXPECTED as error:
        words = without_secrets(str(as_trouble(error)), folder.inbox)
        messages.error(request, _("The server could not be asked: %(reason)s") % {"reason": words})
        return redirect("email_inbox:health", pk)
    queue("helpdesk.connectors.email.tasks.reconcile_folder", folder.pk)
    counts = {"server": found.server_count, "stored": found.stored_count}
    if found.missing:
        messages.warning(
            request, _("%(server)s on the server, %(stored)s here: the others are being fetched.") % counts
        )
    else:
        messages.success(request, _("%(server)s on the server, and all of them here.") % counts)
    return redirect("email_inbox:health", pk)
