"""The policies of asking how it was: their list in its order, and the editor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.ordering import move_row, switch_row
from helpdesk.workspace.permissions import admin_only
from routing.models import SurveyPolicy
from routing.surveys.forms import SurveyPolicyForm
from routing.surveys.saving import save_policy
from routing.surveys.saying import sentence_of


@admin_only
@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    rows = SurveyPolicy.objects.prefetch_related("departments")
    return render(request, "routing/surveys.html", {"rows": [(row, sentence_of(row)) for row in rows]})


@admin_only
def policy(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one to change. Surveys on their way keep what they were planned with."""
    row = get_object_or_404(SurveyPolicy, pk=pk) if pk else None
    form = SurveyPolicyForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = save_policy(form.save(commit=False), departments=list(form.cleaned_data["departments"]))
        messages.success(request, _("The survey “%(name)s” is saved.") % {"name": saved})
        return redirect("routing:surveys")
    page = {"form": form, "policy": SurveyPolicy.objects.filter(pk=pk).first() if pk else None}
    return render(request, "routing/survey.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    switch_row(SurveyPolicy.objects, pk, is_active=request.POST.get("is_active") == "1")
    return redirect("routing:surveys")


@admin_only
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Move it one up or down in the order."""
    move_row(SurveyPolicy.objects, pk, up=request.POST.get("to") == "up")
    return redirect("routing:surveys")


@admin_only
@require_POST
def delete_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """What it asked stays, and so do the ratings."""
    row = get_object_or_404(SurveyPolicy, pk=pk)
    row.delete()
    messages.success(request, _("The survey “%(name)s” is deleted.") % {"name": row})
    return redirect("routing:surveys")
