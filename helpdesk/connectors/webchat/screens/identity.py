"""The secret with which a site proves who its visitor is, and how its server does so."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from helpdesk.connectors.webchat.identity import make_secret
from helpdesk.connectors.webchat.screens.examples import EXAMPLES, IN_PAGE
from helpdesk.connectors.webchat.screens.forms import IdentityForm
from helpdesk.connectors.webchat.screens.look import chat_inbox
from helpdesk.inboxes.models import Inbox
from helpdesk.people.permissions import admin_only


@admin_only
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    inbox = chat_inbox(pk)
    if request.method == "POST":
        form = IdentityForm(inbox, request.POST)
        if form.is_valid():
            form.save()
        messages.success(request, _("Saved."))
        return redirect("chat_inbox:identity", pk)
    return draw(request, inbox)


@admin_only
@require_POST
@never_cache
def identity_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the secret, made now where there is none yet; with `renew` another one takes its place."""
    inbox = chat_inbox(pk)
    known = (inbox.secrets or {}).get("identity_secret", "")
    if "renew" in request.POST or not known:
        known = make_secret(inbox)
        messages.success(
            request, _("The secret is made. What was signed with another proves nothing any more.")
        )
    return draw(request, inbox, secret=known)


def draw(request: HttpRequest, inbox: Inbox, *, secret: str = "") -> HttpResponse:
    page = {
        "inbox": inbox,
        "form": IdentityForm(inbox),
        "secret": secret,
        "examples": EXAMPLES,
        "in_page": IN_PAGE,
        "has_secret": bool((inbox.secrets or {}).get("identity_secret")),
    }
    return render(request, "webchat/screens/identity.html", page)
