"""What is told of the monitor's figures, and what holds under high load."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.workspace.permissions import admin_only
from routing.models import HighLoad, Threshold
from routing.watching.forms import HighLoadForm, ThresholdForm
from routing.watching.saving import save_threshold, switch_threshold
from routing.watching.saying import condition_of, sentence_of


@admin_only
def alerts(request: HttpRequest) -> HttpResponse:
    """The thresholds as sentences; a POST saves the numbers of high load."""
    load = HighLoad.get()
    form = HighLoadForm(request.POST or None, instance=load)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. It holds within seconds."))
        return redirect("routing:alerts")
    rows = Threshold.objects.select_related("department").prefetch_related("people")
    page = {
        "rows": [(row, condition_of(row), sentence_of(row)) for row in rows],
        "form": form,
        "load": load,
    }
    return render(request, "watching/alerts.html", page, status=422 if form.errors else 200)


@admin_only
def alert(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new threshold, or one to change."""
    row = get_object_or_404(Threshold, pk=pk) if pk else None
    form = ThresholdForm(
        request.POST or None,
        instance=row,
        initial={} if row else {"figure": "longest", "tells": ["admins", "leads"]},
    )
    if request.method == "POST" and form.is_valid():
        save_threshold(form)
        messages.success(request, _("The alert is saved."))
        return redirect("routing:alerts")
    page = {"form": form, "threshold": row}
    return render(request, "watching/alert.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    switch_threshold(get_object_or_404(Threshold, pk=pk), on=request.POST.get("is_active") == "1")
    return redirect("routing:alerts")


@admin_only
@require_POST
def delete_alert(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Threshold, pk=pk).delete()
    messages.success(request, _("The alert is deleted."))
    return redirect("routing:alerts")
