"""Saved views: keeping a filter under a name, changing it, and the page of those that are shared."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.conditions import Offers, say_group
from helpdesk.desk.saved import (
    delete_view,
    deleted_view,
    find_view,
    move_view,
    restore_view,
    shared_views,
    views_of,
)
from helpdesk.desk.saved_forms import SavedViewForm
from helpdesk.desk.views.drawing import wants
from helpdesk.people.permissions import admin_only
from helpdesk.tickets.models import SavedView


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_view(request: HttpRequest) -> HttpResponse:
    """Keep the filter `q` under a name."""
    wanted = {"query": request.GET.get("q", ""), "sort": request.GET.get("sort") or "newest"}
    form = SavedViewForm(request.POST or None, user=request.user, initial=wanted)
    return keep_or_ask(request, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a view. One from conditions has a page of its own for that."""
    found = find_view(pk, request.user)
    if found.conditions:
        then = "?then=settings" if back_from(request) else ""
        return go_to(request, reverse("desk:condition_view", args=[pk]) + then)
    return keep_or_ask(request, SavedViewForm(request.POST or None, user=request.user, instance=found))


def keep_or_ask(request: HttpRequest, form: SavedViewForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        return say_saved(request, form.keep())
    return draw(request, {"form": form, "view": form.instance if form.instance.pk else None})


def say_saved(request: HttpRequest, kept: SavedView) -> HttpResponse:
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": kept})
    return go_to(request, back_from(request) or reverse("desk:pile", args=[f"view-{kept.pk}"]))


def draw(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    part = {"dialogs": "_saved_view_dialog", "saved-view": "_saved_view"}
    name = next((part[one] for one in part if wants(request, one)), "saved_view")
    context["then"] = back_from(request)
    return render(request, f"desk/{name}.html", context, status=422 if context["form"].is_bound else 200)


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """The page there, whole: the views stand on every one."""
    if "HX-Request" not in request.headers:
        return redirect(address)
    response = HttpResponse(status=200)
    response["HX-Redirect"] = address
    return response


def back_from(request: HttpRequest) -> str:
    """Where to go afterwards, where it is not the view itself: the page of the shared ones."""
    return reverse("desk_settings:views") if request.GET.get("then") == "settings" else ""


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_view(pk, request.user)
    delete_view(found)
    return go_to(request, f"{back_from(request) or reverse('desk:home')}?deleted={pk}")


@login_required
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_view(pk, request.user, is_deleted=True)
    restore_view(found)
    return go_to(request, back_from(request) or reverse("desk:pile", args=[f"view-{pk}"]))


@login_required
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One up or down among those it stands with."""
    found = find_view(pk, request.user)
    among = (
        shared_views() if found.is_shared else [one for one in views_of(request.user) if not one.is_shared]
    )
    move_view(found, up=request.POST.get("to") == "up", among=among)
    return go_to(request, back_from(request) or reverse("desk:pile", args=[f"view-{pk}"]))


@admin_only
@never_cache
def views(request: HttpRequest) -> HttpResponse:
    """The shared views, for those who keep them in order."""
    offers = Offers()
    views = [
        (view, say_group(view.conditions, offers) if view.conditions else None) for view in shared_views()
    ]
    context = {"views": views, "deleted": deleted_view(request.GET.get("deleted", ""), request.user)}
    return render(request, "settings/views.html", context)
