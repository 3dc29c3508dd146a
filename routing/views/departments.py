"""The departments' list, and one department."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.events.actor import Actor
from helpdesk.workspace.permissions import admin_only
from routing.departments import retire_department, revive_department, save_department
from routing.forms import DepartmentForm
from routing.models import Department


@admin_only
def departments(request: HttpRequest) -> HttpResponse:
    people = Count("members", filter=Q(members__is_active=True))
    rows = Department.objects.select_related("hours").annotate(people=people)
    page = {"departments": rows.order_by("-is_active", "position", "name")}
    return render(request, "routing/departments.html", page)


@admin_only
def department(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one to change."""
    row = get_object_or_404(Department, pk=pk) if pk else None
    form = DepartmentForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        by = Actor.agent(request.user)
        people = {name: form.cleaned_data[name] for name in ("members", "leads")}
        saved = save_department(form.save(commit=False), **people, by=by)
        messages.success(request, _("The department %(name)s is saved.") % {"name": saved})
        return redirect("routing:departments")
    page = {"form": form, "department": Department.objects.filter(pk=pk).first() if pk else None}
    return render(request, "routing/department.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire it, or take it into use again."""
    row = get_object_or_404(Department, pk=pk)
    if row.is_active:
        retire_department(row)
        messages.success(request, _("%(name)s is retired. Its tickets stay where they are.") % {"name": row})
    else:
        revive_department(row)
        messages.success(request, _("%(name)s is in use again.") % {"name": row})
    return redirect("routing:departments")
