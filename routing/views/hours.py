"""When somebody is there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk import clock
from helpdesk.workspace.permissions import admin_only
from routing.forms import HoursForm
from routing.hours import as_hours
from routing.models import BusinessHours
from routing.preview import Preview, preview


@admin_only
def schedules(request: HttpRequest) -> HttpResponse:
    rows = [(hours, shown_now(hours)) for hours in BusinessHours.objects.prefetch_related("departments")]
    return render(request, "routing/schedules.html", {"rows": rows})


@admin_only
def schedule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """New hours, or some to change. What was counted before stays as it was counted."""
    row = get_object_or_404(BusinessHours, pk=pk) if pk else None
    usual = {} if row or BusinessHours.objects.exists() else {"is_default": True}
    form = HoursForm(request.POST or None, instance=row, initial=usual)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("The hours “%(name)s” are saved.") % {"name": saved})
        return redirect("routing:hours")
    page = {"form": form, "hours": BusinessHours.objects.filter(pk=pk).first() if pk else None}
    page["shown"] = shown_now(form.drafted() if form.is_bound and not form.errors else row or form.drafted())
    return render(request, "routing/schedule.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
def delete_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(BusinessHours, pk=pk)
    row.delete()
    messages.success(request, _("The hours “%(name)s” are deleted.") % {"name": row})
    return redirect("routing:hours")


@admin_only
@require_POST
def preview_schedule(request: HttpRequest) -> HttpResponse:
    """What the form as it stands would come to, or what is wrong with it; nothing is saved."""
    form = HoursForm(request.POST, instance=BusinessHours())
    form.is_valid()
    faults = [
        (form[name].label, errors[0])
        for name, errors in form.errors.items()
        if name.startswith("day") or name == "time_zone"
    ]
    page = {"faults": faults} if faults else {"shown": shown_now(form.drafted())}
    return render(request, "routing/_preview_box.html", page)


def shown_now(hours: BusinessHours) -> Preview:
    return preview(as_hours(hours.time_zone, hours.weekly, hours.holidays), clock.now())
