"""The screens for what the team says first: the list with what came of each, and the editor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.conditions import Offers, editor_of, is_press_of, say_group
from helpdesk.conditions.fields import VISITOR
from helpdesk.errors import InvalidRule
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User, Workspace
from helpdesk.people.permissions import admin_only
from helpdesk.proactive import drafting, saving
from helpdesk.proactive.audience import forget_offers
from helpdesk.proactive.card import card_of
from helpdesk.proactive.figures import DAYS, figures_of, with_figures
from helpdesk.proactive.forms import LimitsForm
from helpdesk.proactive.models import ProactiveLimits, ProactiveMessage
from helpdesk.proactive.starters import STARTERS, begun_with


@admin_only
@require_GET
def messages_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, LimitsForm(instance=ProactiveLimits.get()))


def list_page(request: HttpRequest, form: LimitsForm) -> HttpResponse:
    rows, offers = with_figures(ProactiveMessage.objects.select_related("inbox", "sender")), Offers()
    page = {
        "rows": [
            {"message": row, "figures": figures_of(row), "said": say_group(row.conditions, offers)}
            for row in rows
        ],
        "form": form,
        "days": DAYS,
        "starters": STARTERS,
    }
    return render(request, "proactive/messages.html", page, status=422 if form.errors else 200)


@admin_only
def message(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor. `like` names what a new one begins with; a button that changes the conditions only draws it again."""
    row = get_object_or_404(ProactiveMessage, pk=pk) if pk else begun_with(request.GET.get("like", ""))
    if request.method != "POST":
        if pk is None and "like" not in request.GET:
            page = {"starters": STARTERS, "inboxes": drafting.chat_inboxes()}
            return render(request, "proactive/starters.html", page)
        return editor(request, row)
    drafting.read_draft(request.POST, row)
    return editor(request, row) if is_press_of(request.POST) else save(request, row)


def save(request: HttpRequest, row: ProactiveMessage) -> HttpResponse:
    try:
        saving.save_message(row)
    except InvalidRule as refusal:
        return editor(request, row, faults=refusal.faults)
    messages.success(request, _("The message “%(name)s” is saved.") % {"name": row})
    return redirect("proactive:messages")


def editor(
    request: HttpRequest, row: ProactiveMessage, *, faults: dict[str, str] | None = None
) -> HttpResponse:
    inboxes = drafting.chat_inboxes()
    for inbox in inboxes:
        inbox.shop = shop_name(inbox)
    chosen = next((one for one in inboxes if one.pk == row.inbox_id), inboxes[0] if inboxes else None)
    page = {
        "message": row,
        "faults": faults or {},
        "inboxes": inboxes,
        "unwatched": chosen and not (chosen.options or {}).get("watches_visitors") and chosen,
        "agents": User.objects.agents(),
        "card": card_of(row.text, str(row.sender or ""), shop=shop_name(chosen)),
        "editor": editor_of(row.conditions, scope=VISITOR, offers=Offers(), faults=faults),
        "languages": drafting.text_lines(row, faults or {}),
        "starts_at": drafting.as_typed(row.starts_at),
        "ends_at": drafting.as_typed(row.ends_at),
        "goals": ProactiveMessage.Goal.choices,
        "goal_hours": drafting.hour_choices(row),
        "longest_text": saving.LONGEST_TEXT,
    }
    return render(request, "proactive/message.html", page, status=422 if faults else 200)


def shop_name(inbox: Inbox | None) -> str:
    """Who a card without an agent's name is from, as the widget says it."""
    return ((inbox.options or {}).get("team") if inbox else "") or Workspace.get().name


@admin_only
@require_POST
def limits(request: HttpRequest) -> HttpResponse:
    form = LimitsForm(request.POST, instance=ProactiveLimits.get())
    if not form.is_valid():
        return list_page(request, form)
    form.save()
    forget_offers()
    messages.success(request, _("Saved."))
    return redirect("proactive:messages")


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause it, or let it go on."""
    row = get_object_or_404(ProactiveMessage, pk=pk)
    saving.switch_message(row, is_active=request.POST.get("is_active") == "1")
    return redirect("proactive:messages")


@admin_only
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    saving.move_message(pk, up=request.POST.get("to") == "up")
    return redirect("proactive:messages")


@admin_only
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ProactiveMessage, pk=pk)
    saving.delete_message(row)
    messages.success(request, _("The message “%(name)s” is deleted.") % {"name": row})
    return redirect("proactive:messages")
