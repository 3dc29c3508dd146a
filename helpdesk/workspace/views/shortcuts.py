"""Shortcuts and macros: agents keep their own, admins all of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.asked import read_number
from helpdesk.errors import NotAllowed, NotThere
from helpdesk.people.models import User
from helpdesk.tickets.models import Shortcut
from helpdesk.tickets.shortcuts import saving
from helpdesk.tickets.shortcuts.finding import matching
from helpdesk.tickets.shortcuts.steps import Offers
from helpdesk.tickets.shortcuts.tables import COLUMNS, UnreadableTable, as_csv, take_in
from helpdesk.workspace.shortcut_form import Editor, change_lines, new_shortcut, read_form

LARGEST_TABLE = 5_000_000  # bytes
SIZE = 50
MOST_PAGES = 1000
MOST_FAULTS = 50
FILTERS = {
    "": lambda rows, user: rows.standing(),
    "mine": lambda rows, user: rows.standing().filter(owner=user),
    "shared": lambda rows, user: rows.standing().shared(),
    "macros": lambda rows, user: rows.standing().exclude(actions=[]),
    "unused": lambda rows, user: rows.standing().filter(uses=None),
    "deleted": lambda rows, user: rows.changeable_by(user).exclude(deleted_at=None),
}
FILTER_NAMES = {
    "": pgettext_lazy("shortcuts", "All"),
    "mine": gettext_lazy("Only mine"),
    "shared": gettext_lazy("Shared"),
    "macros": gettext_lazy("With steps"),
    "unused": pgettext_lazy("shortcuts", "Never used"),
    "deleted": gettext_lazy("Deleted"),
}


@login_required
@require_GET
def shortcuts(request: HttpRequest) -> HttpResponse:
    """The list by name, narrowed by words and kind, with how often each is used."""
    which = request.GET.get("which", "") if request.GET.get("which") in FILTERS else ""
    words = request.GET.get("q", "").replace("\x00", "")[:80]
    found = matching(FILTERS[which](Shortcut.objects.visible_to(request.user), request.user), words)
    number = read_number(request.GET.get("page", "")) or 1
    shown = Paginator(found.with_usage().select_related("owner", "department").order_by("name", "pk"), SIZE)
    page = shown.get_page(min(number, MOST_PAGES))
    offers = Offers(request.user)
    context = {
        "rows": [(row, row.text_in(request.user.language), offers.said(row.actions)) for row in page],
        "page": page,
        "which": which,
        "words": words,
        "filters": FILTER_NAMES.items(),
        "deleted": just_deleted(request),
        "is_empty": not shown.count and not words and not which,
    }
    return render(request, "settings/shortcuts.html", context)


def just_deleted(request: HttpRequest) -> Shortcut | None:
    """The one that the page before this one deleted, to bring it back."""
    number = read_number(request.GET.get("deleted", ""))
    mine = Shortcut.objects.changeable_by(request.user).exclude(deleted_at=None)
    return mine.filter(pk=number).first() if number else None


def find_shortcut(pk: int, user: User) -> Shortcut:
    """Raises NotThere for one that this user may not see."""
    row = Shortcut.objects.visible_to(user).select_related("owner", "department").filter(pk=pk).first()
    if row is None:
        raise NotThere
    return row


@login_required
@require_http_methods(["GET", "POST"])
def shortcut(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor. `press` says which button: save, preview, or one that adds or removes a step. What is not theirs to
    change they may read, and copy."""
    user = request.user
    row = find_shortcut(pk, user) if pk else new_shortcut(user)
    may_change = user.is_admin or row.owner_id == user.pk
    if request.method != "POST":
        return draw_editor(request, row, may_change=may_change)
    if not may_change:
        raise NotAllowed
    read_form(request.POST, row, user)
    press = request.POST.get("press", "save")
    if press == "save":
        return save(request, row)
    change_lines(row, press, request.POST)
    return draw_editor(request, row)


def save(request: HttpRequest, row: Shortcut) -> HttpResponse:
    try:
        saving.save_shortcut(row, by=request.user)
    except saving.InvalidShortcut as refusal:
        return draw_editor(request, row, faults=refusal.faults)
    messages.success(request, _("The shortcut %(name)s is saved.") % {"name": row})
    return redirect("workspace:shortcuts")


def draw_editor(
    request: HttpRequest, row: Shortcut, *, faults: dict[str, str] | None = None, may_change: bool = True
) -> HttpResponse:
    context = {"editor": Editor(row, request.user, faults), "shortcut": row, "may_change": may_change}
    return render(request, "settings/shortcut.html", context, status=422 if faults else 200)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is in the editor, filled in; nothing is kept."""
    row = read_form(request.POST, new_shortcut(request.user), request.user)
    return render(request, "settings/_shortcut_preview.html", {"editor": Editor(row, request.user)})


@login_required
@require_POST
def copy_shortcut(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy of one they may see, to change."""
    copy = saving.copy_shortcut(find_shortcut(pk, request.user), by=request.user)
    messages.success(request, _("This is the copy, %(name)s.") % {"name": copy})
    return redirect("workspace:shortcut", copy.pk)


@login_required
@require_POST
def delete_shortcut(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_shortcut(pk, request.user)
    saving.delete_shortcut(row, by=request.user)
    return redirect(f"{reverse('workspace:shortcuts')}?deleted={row.pk}")


@login_required
@require_POST
def restore_shortcut(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring back what was deleted."""
    row = saving.restore_shortcut(find_shortcut(pk, request.user), by=request.user)
    messages.success(request, _("The shortcut %(name)s is back.") % {"name": row})
    return redirect("workspace:shortcuts")


@login_required
@require_GET
def export_shortcuts(request: HttpRequest) -> HttpResponse:
    """Those this user sees as a table: an agent's own with what others share, an admin's all."""
    rows = Shortcut.objects.visible_to(request.user).standing().select_related("owner", "department")
    answer = HttpResponse("\ufeff" + as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="shortcuts.csv"'
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def import_shortcuts(request: HttpRequest) -> HttpResponse:
    """Take in a table, all of it or nothing."""
    faults: list[tuple[int, str]] = []
    if request.method == "POST":
        try:
            new, changed = take_in(read_upload(request), by=request.user)
        except UnreadableTable as refusal:
            faults = refusal.lines
        else:
            told = ngettext("%(count)s shortcut is new", "%(count)s shortcuts are new", new) % {"count": new}
            told += ngettext(", %(count)s was changed.", ", %(count)s were changed.", changed) % {
                "count": changed
            }
            messages.success(request, told)
            return redirect("workspace:shortcuts")
    context = {
        "faults": faults[:MOST_FAULTS],
        "more_faults": max(0, len(faults) - MOST_FAULTS),
        "columns": COLUMNS,
    }
    return render(request, "settings/shortcuts_import.html", context, status=422 if faults else 200)


def read_upload(request: HttpRequest) -> str:
    """The file's text. Raises UnreadableTable where there is none."""
    file = request.FILES.get("file")
    if file is None:
        raise UnreadableTable([(0, _("Choose a file."))])
    if file.size > LARGEST_TABLE:
        raise UnreadableTable([(0, _("The file is too large."))])
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableTable([(0, _("The file is not text in UTF-8."))]) from None
