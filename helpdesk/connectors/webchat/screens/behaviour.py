"""Where the widget may be, what it asks, and what it does when nobody is there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from helpdesk.connectors.webchat.screens.forms import BehaviourForm
from helpdesk.connectors.webchat.screens.look import chat_inbox
from helpdesk.people.permissions import admin_only


@admin_only
def behaviour(request: HttpRequest, pk: int) -> HttpResponse:
    inbox = chat_inbox(pk)
    form = BehaviourForm(inbox, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("chat_inbox:behaviour", pk)
    page = {"inbox": inbox, "form": form}
    return render(request, "webchat/screens/behaviour.html", page, status=422 if form.errors else 200)
