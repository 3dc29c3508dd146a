"""How much each agent can carry, which channels they serve, and what they know."""

from django.contrib import messages
from django.db.models import Prefetch, ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.errors import Conflict
from helpdesk.people.models import User
from helpdesk.tickets.text import clean_text
from helpdesk.workspace.permissions import admin_only
from routing.assignment.loads import loads_of
from routing.models import LoadSettings, Skill, Workload
from routing.workload_forms import RatesForm, WorkloadForm


@admin_only
def workloads(request: HttpRequest) -> HttpResponse:
    """What holds for everybody, what each agent has of their own, and the skills."""
    rates = LoadSettings.get()
    form = RatesForm(request.POST or None, instance=rates)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. It holds from the next ticket on."))
        return redirect("routing:workloads")
    people = User.objects.agents().prefetch_related("skills")
    page = {
        "form": form,
        "rows": list(zip(people, loads_of(people), strict=True)),
        "skills": Skill.objects.prefetch_related(
            Prefetch("agents", User.objects.filter(is_active=True)), "rules"
        ),
    }
    return render(request, "routing/workloads.html", page, status=422 if form.errors else 200)


@admin_only
def workload(request: HttpRequest, pk: int) -> HttpResponse:
    """One agent."""
    agent = get_object_or_404(User.objects.agents(), pk=pk)
    row = Workload.objects.filter(user=agent).first() or Workload(user=agent)
    form = WorkloadForm(request.POST or None, instance=row, rates=LoadSettings.get())
    if request.method == "POST" and form.is_valid():
        Workload.objects.get_or_create(user=agent)
        form.save()
        messages.success(request, _("%(name)s is saved.") % {"name": agent})
        return redirect("routing:workloads")
    page = {"form": form, "agent": agent}
    return render(request, "routing/workload.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
def new_skill(request: HttpRequest) -> HttpResponse:
    """The same name again changes nothing."""
    name = " ".join(clean_text(request.POST.get("name", "")).split())[:40]
    if name and not Skill.objects.filter(name__iexact=name).exists():
        Skill.objects.create(name=name)
        messages.success(request, _("The skill “%(name)s” is added. Now say who has it.") % {"name": name})
    return redirect("routing:workloads")


@admin_only
@require_POST
def delete_skill(request: HttpRequest, pk: int) -> HttpResponse:
    skill = get_object_or_404(Skill, pk=pk)
    try:
        skill.delete()
    except ProtectedError:
        raise Conflict(
            _("A rule needs the skill “%(name)s”. Change the rule first.") % {"name": skill}
        ) from None
    messages.success(request, _("The skill “%(name)s” is deleted.") % {"name": skill})
    return redirect("routing:workloads")
