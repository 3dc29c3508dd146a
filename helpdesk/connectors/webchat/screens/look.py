"""How the widget looks: the form, and beside it the widget itself as it would be."""

from copy import copy

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from helpdesk.connectors.webchat.look import COLOUR, is_pale
from helpdesk.connectors.webchat.screens.forms import LookForm
from helpdesk.connectors.webchat.views import page_of_widget
from helpdesk.connectors.webchat.visits import language_of
from helpdesk.inboxes.models import Inbox
from helpdesk.people.permissions import admin_only

TABS = ("help", "messages")


def chat_inbox(pk: int) -> Inbox:
    """The inbox, or 404 where it is none for chats."""
    return get_object_or_404(Inbox, pk=pk, kind=Inbox.Kind.WEBCHAT)


@admin_only
def look(request: HttpRequest, pk: int) -> HttpResponse:
    inbox = chat_inbox(pk)
    form = LookForm(inbox, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. Sites show it within five minutes."))
        return redirect("chat_inbox:look", pk)
    colour = str(form["colour"].value() or "")
    page = {
        "inbox": inbox,
        "form": form,
        "is_pale": COLOUR.fullmatch(colour) is not None and is_pale(colour),
    }
    return render(request, "webchat/screens/look.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
@never_cache
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The widget's own page with what stands in the form, saved or not. What is not valid there is as it is stored."""
    inbox = copy(chat_inbox(pk))
    form = LookForm(inbox, request.POST)
    form.is_valid()
    inbox.options = form.options()
    language = language_of(request.POST.get("language", ""), inbox.language)
    tab = request.POST.get("tab")
    with translation.override(language):
        page = page_of_widget(inbox, language) | {"preview": tab if tab in TABS else TABS[0]}
        return render(request, "webchat/frame.html", page)
