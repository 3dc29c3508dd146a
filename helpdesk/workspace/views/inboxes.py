"""Where customers write: one screen for every kind of inbox."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import Workspace
from helpdesk.workspace.inbox_forms import INBOX_FORMS
from helpdesk.workspace.permissions import admin_only

# Where a new inbox of a kind goes on being set up, by URL name; the others stay on their first screen.
NEXT_SCREENS = {Inbox.Kind.EMAIL: "email_inbox:receiving", Inbox.Kind.WEBCHAT: "chat_inbox:look"}


@admin_only
def inboxes(request: HttpRequest) -> HttpResponse:
    rows = Inbox.objects.select_related("department").order_by("-is_active", "name")
    states = states_of([row for row in rows if row.is_active])
    page = {"inboxes": [(row, states.get(row.pk)) for row in rows]}
    return render(request, "settings/inboxes.html", page)


def states_of(rows: list[Inbox]) -> dict[int, object]:
    """How they are, where their kind can tell (INBOX_STATES)."""
    states: dict[int, object] = {}
    for kind, path in settings.INBOX_STATES.items():
        if of_kind := [row for row in rows if row.kind == kind]:
            states |= import_string(path)(of_kind)
    return states


@admin_only
def new_inbox(request: HttpRequest, kind: str = "") -> HttpResponse:
    """Choose a kind, then fill in its form."""
    if not kind:
        return render(request, "settings/inbox_kinds.html")
    if kind not in INBOX_FORMS:
        raise Http404
    return edit(request, Inbox(kind=kind, language=Workspace.get().language))


@admin_only
@require_POST
def connection(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the other side where to bring messages; where it refuses, its words are shown."""
    row = get_object_or_404(Inbox, pk=pk, kind__in=settings.CONNECTIONS)
    messages.success(request, import_string(settings.CONNECTIONS[row.kind])(row))
    return redirect("workspace:inbox", row.pk)


@admin_only
def inbox(request: HttpRequest, pk: int) -> HttpResponse:
    return edit(request, get_object_or_404(Inbox, pk=pk))


def edit(request: HttpRequest, row: Inbox) -> HttpResponse:
    form = INBOX_FORMS[row.kind](request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        is_new = row.pk is None
        saved = form.save()
        messages.success(request, _("The inbox %(name)s is saved.") % {"name": saved})
        if is_new:
            return redirect(NEXT_SCREENS.get(saved.kind, "workspace:inbox"), saved.pk)
        return redirect("workspace:inboxes")
    page = {
        "form": form,
        "inbox": Inbox.objects.filter(pk=row.pk).first() or row,  # not as the refused form has it
        "public_url": settings.PUBLIC_URL,
        "can_connect": row.kind in settings.CONNECTIONS,
    }
    return render(request, "settings/inbox.html", page, status=422 if form.errors else 200)
