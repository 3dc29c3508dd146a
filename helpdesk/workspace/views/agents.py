"""The team's list, one agent, and the page behind an invitation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from helpdesk.events.actor import Actor
from helpdesk.people.models import User, Workspace
from helpdesk.people.views import at_browser
from helpdesk.tickets.models import Ticket
from helpdesk.workspace.forms import AgentForm, WelcomeForm
from helpdesk.workspace.permissions import admin_only
from helpdesk.workspace.team import (
    activate_agent,
    deactivate_agent,
    password_link,
    refuse_last_admin,
    release_tickets,
    user_of_link,
)

BACKEND = "django.contrib.auth.backends.ModelBackend"


@admin_only
def agents(request: HttpRequest) -> HttpResponse:
    team = User.objects.prefetch_related("departments").order_by("-is_active", "name", "email")
    assigned = Ticket.objects.unfinished().exclude(assignee=None).values_list("assignee")
    open_tickets = dict(assigned.annotate(Count("pk")))
    rows = [(member, open_tickets.get(member.pk, 0)) for member in team]
    return render(request, "settings/agents.html", {"rows": rows})


@admin_only
def new_agent(request: HttpRequest) -> HttpResponse:
    """Invite somebody: the row is made, and the link to set a password is shown to be passed on."""
    workspace = Workspace.get()
    usual = {"language": workspace.language, "time_zone": workspace.time_zone}
    form = AgentForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()
        return show_agent(request, user, link=password_link(user))
    return render(request, "settings/agent.html", {"form": form}, status=422 if form.errors else 200)


@admin_only
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return show_agent(request, user)
    form = AgentForm(request.POST, instance=User.objects.get(pk=pk))
    if not form.is_valid():
        return show_agent(request, user, form=form, status=422)
    save_agent(form, was=user, by=Actor.agent(request.user))
    messages.success(request, _("%(agent)s is saved.") % {"agent": form.instance})
    return redirect("workspace:agents")


@transaction.atomic
def save_agent(form: AgentForm, *, was: User, by: Actor) -> None:
    """Save what the form says; the last admin stays one, and tickets no longer seen are given back."""
    if was.is_admin and not form.instance.is_admin:
        refuse_last_admin(was)
    form.save()
    release_tickets(form.instance, by=by, only_unseen=True)


def show_agent(request: HttpRequest, user: User, *, status: int = 200, **page: Any) -> HttpResponse:
    page.setdefault("form", AgentForm(instance=user))
    return render(request, "settings/agent.html", {"agent": user} | page, status=status)


@admin_only
@require_POST
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh link to set a password, shown once."""
    user = get_object_or_404(User, pk=pk, is_active=True)
    return show_agent(request, user, link=password_link(user))


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivate, or bring back. Nobody is ever deleted: what they wrote keeps its name."""
    user = get_object_or_404(User, pk=pk)
    if not user.is_active:
        activate_agent(user)
        messages.success(request, _("%(agent)s can log in again.") % {"agent": user})
    else:
        count = deactivate_agent(user, by=Actor.agent(request.user))
        said = ngettext(
            "%(agent)s is deactivated. %(count)s open ticket is unassigned now.",
            "%(agent)s is deactivated. %(count)s open tickets are unassigned now.",
            count,
        )
        messages.success(request, said % {"agent": user, "count": count})
    return redirect("workspace:agents")


@never_cache
@sensitive_post_parameters()
def welcome(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """The page behind an invitation: set a password, and be in."""
    user = user_of_link(key, token)
    if user is None:
        return render(request, "settings/welcome.html", {"form": None}, status=410)
    form = WelcomeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        login(request, user, backend=BACKEND)
        return at_browser(request, redirect("/desk/"), user)
    return render(
        request, "settings/welcome.html", {"form": form, "agent": user}, status=422 if form.errors else 200
    )
