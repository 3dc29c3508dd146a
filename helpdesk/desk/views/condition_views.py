"""Saved views from conditions: their page, and what they would show while they are written."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.conditions import is_press_of, read_group
from helpdesk.desk.condition_forms import OPEN, ConditionViewForm, Preview, preview_of
from helpdesk.desk.filters.parsing import LONGEST_QUERY
from helpdesk.desk.saved import find_view
from helpdesk.desk.views.saved import back_from, say_saved
from helpdesk.tickets.models import SavedView

FIELDS = ("name", "query", "sort", "audience")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_view(request: HttpRequest) -> HttpResponse:
    """A new view, of the filter `q` where one is given."""
    wanted = {
        "query": request.GET.get("q", OPEN)[:LONGEST_QUERY],
        "sort": request.GET.get("sort") or "newest",
    }
    return edit(request, SavedView(**wanted))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a view, or give conditions to one that has only a filter."""
    return edit(request, find_view(pk, request.user))


def edit(request: HttpRequest, found: SavedView) -> HttpResponse:
    """`press` says which button: save, preview, or one that adds or removes a line."""
    if request.method != "POST":
        return draw(request, form_of(request, found))
    press = request.POST.get("press", "save")
    if press != "save":
        form = form_of(request, found)
        return draw(request, form, preview=None if is_press_of(request.POST) else seen(request, form))
    form = ConditionViewForm(
        request.POST, user=request.user, instance=found, conditions=read_group(request.POST)
    )
    if not form.is_valid():
        return draw(request, form)
    return say_saved(request, form.keep())


def form_of(request: HttpRequest, found: SavedView) -> ConditionViewForm:
    """As it is stored or, where something was sent, as that says; nothing is refused yet."""
    sent = {name: request.POST[name] for name in FIELDS if name in request.POST}
    group = read_group(request.POST) if request.method == "POST" else found.conditions
    return ConditionViewForm(user=request.user, instance=found, conditions=group, initial=sent)


@login_required
@never_cache
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What the form as it was sent would show."""
    form = form_of(request, SavedView(query=OPEN))
    return render(request, "desk/_view_preview.html", {"preview": seen(request, form)})


def seen(request: HttpRequest, form: ConditionViewForm) -> Preview:
    return preview_of(form, request.POST.get("query", OPEN), request.POST.get("sort", "newest"))


def draw(request: HttpRequest, form: ConditionViewForm, *, preview: Preview | None = None) -> HttpResponse:
    view = form.instance if form.instance.pk else None
    context = {"form": form, "view": view, "preview": preview, "then": back_from(request)}
    return render(request, "desk/condition_view.html", context, status=422 if form.is_bound else 200)
