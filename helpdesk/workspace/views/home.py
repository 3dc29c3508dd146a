"""All settings on one page, and the workspace's own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from helpdesk.people.models import Workspace
from helpdesk.workspace.forms import WorkspaceForm
from helpdesk.workspace.navigation import doors_for
from helpdesk.workspace.permissions import admin_only


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What there is to set, as far as this user may."""
    return render(request, "settings/home.html", {"groups": doors_for(request.user, request.path)})


@admin_only
def general(request: HttpRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, instance=Workspace.get())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The workspace is saved."))
        return redirect("workspace:general")
    return render(request, "settings/general.html", {"form": form}, status=422 if form.errors else 200)
