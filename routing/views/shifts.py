"""The plan of a week: people and days, and one shift."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from helpdesk.errors import Invalid
from helpdesk.people.models import User
from helpdesk.workspace.permissions import admin_only
from routing.assignment.shifts import (
    DAYS,
    YEARS,
    copy_to,
    copy_week,
    monday_of,
    save_shift,
    today,
    week_of,
    zone,
)
from routing.models import Shift
from routing.workload_forms import ShiftForm


@admin_only
@require_GET
def shifts(request: HttpRequest) -> HttpResponse:
    monday = monday_of(read_day(request.GET.get("week", "")))
    page = {
        "monday": monday,
        "sunday": monday + timedelta(days=DAYS - 1),
        "days": [monday + timedelta(days=number) for number in range(DAYS)],
        "today": today(),
        "rows": week_of(monday, User.objects.agents()),
        "before": monday - timedelta(days=DAYS),
        "after": monday + timedelta(days=DAYS),
        "zone": zone(),
    }
    return render(request, "routing/shifts.html", page)


@admin_only
@require_POST
def copy_last_week(request: HttpRequest) -> HttpResponse:
    monday = monday_of(read_day(request.POST.get("week", "")))
    added = copy_week(monday)
    said = ngettext("%(count)s shift is copied.", "%(count)s shifts are copied.", added) % {"count": added}
    messages.success(request, said if added else _("There was nothing to copy."))
    return redirect(week_url(monday))


@admin_only
def shift(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one to change."""
    row = get_object_or_404(Shift, pk=pk) if pk else None
    on = row.on if row else read_day(request.GET.get("on", ""))
    first = {"on": on, "user": request.GET.get("user"), "opens": "09:00", "closes": "17:00"}
    form = ShiftForm(request.POST or None, instance=row, initial=None if row else first, week=on)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_shift(form.save(commit=False))
        except Invalid as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            copy_to(saved, form.cleaned_data["also_on"])
            messages.success(request, _("The shift is saved."))
            return redirect(week_url(saved.on))
    page = {"form": form, "shift": row, "back": week_url(on)}
    return render(request, "routing/shift.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
def delete_shift(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Shift, pk=pk)
    row.delete()
    messages.success(request, _("The shift is deleted."))
    return redirect(week_url(row.on))


def read_day(text: str) -> date:
    """Today where it is none, or none that a plan could be for."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if day.year in YEARS else today()


def week_url(day: date) -> str:
    return f"{reverse('routing:shifts')}?week={monday_of(day).isoformat()}"
