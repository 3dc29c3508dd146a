"""Ready answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Shortcut
from helpdesk.workspace.forms import ShortcutForm
from helpdesk.workspace.permissions import admin_only


@admin_only
def shortcuts(request: HttpRequest) -> HttpResponse:
    rows = Shortcut.objects.select_related("department")
    return render(request, "settings/shortcuts.html", {"shortcuts": rows})


@admin_only
def shortcut(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a new one, or change one."""
    row = get_object_or_404(Shortcut, pk=pk) if pk else None
    usual = {} if row else {"language": Workspace.get().language}
    form = ShortcutForm(request.POST or None, instance=row, initial=usual)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("The shortcut %(name)s is saved.") % {"name": saved})
        return redirect("workspace:shortcuts")
    page = {"form": form, "shortcut": row}
    return render(request, "settings/shortcut.html", page, status=422 if form.errors else 200)


@admin_only
@require_POST
def delete_shortcut(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Shortcut, pk=pk)
    row.delete()
    messages.success(request, _("The shortcut %(name)s is deleted.") % {"name": row})
    return redirect("workspace:shortcuts")
