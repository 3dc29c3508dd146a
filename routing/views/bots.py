"""Bots that ask: the list, and the editor with its preview."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk import clock
from helpdesk.conditions.choices import priorities
from helpdesk.errors import InvalidRule
from helpdesk.people.models import Workspace
from helpdesk.workspace.permissions import admin_only
from routing.bots import drafting
from routing.bots.examples import example_bot
from routing.bots.previewing import preview_of
from routing.bots.questions import KIND_NAMES, attributes_of_people, in_language
from routing.bots.saving import delete_bot, save_bot, switch_bot
from routing.models import Bot, BotRun, Department, Trigger

COUNTED = timedelta(days=30)


@admin_only
@require_GET
def bots(request: HttpRequest) -> HttpResponse:
    language = Workspace.get().language
    lately = Q(runs__started_at__gte=clock.now() - COUNTED)
    counted = Bot.objects.annotate(
        asked=Count("runs", lately), answered=Count("runs", lately & Q(runs__reason=BotRun.Reason.DONE))
    )
    starting = triggers_that_start()
    rows = [
        {
            "bot": row,
            "asks": [in_language(one["texts"], language) for one in row.questions],
            "triggers": starting.get(str(row.pk), []),
        }
        for row in counted
    ]
    return render(request, "routing/bots.html", {"rows": rows})


def triggers_that_start() -> dict[str, list[Trigger]]:
    """By the bot's id as text."""
    found: dict[str, list[Trigger]] = {}
    for trigger in Trigger.objects.filter(actions__contains=[{"do": "bot"}]):
        for bot in {step["value"] for step in trigger.actions if step["do"] == "bot"}:
            found.setdefault(bot, []).append(trigger)
    return found


@admin_only
def bot(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor. `press` says which button: save, one of drafting.change_parts, or "show it" for the Italian texts."""
    row = get_object_or_404(Bot, pk=pk) if pk else new_bot(request.GET.get("from", ""))
    if request.method != "POST":
        return editor(request, row)
    drafting.read_draft(request.POST, row)
    press = request.POST.get("press", "save")
    if press == "save":
        return save(request, row)
    drafting.change_parts(row, press)
    return editor(request, row)


def new_bot(example: str) -> Bot:
    return example_bot() if example == "example" else Bot(questions=[drafting.blank_question()])


def save(request: HttpRequest, row: Bot) -> HttpResponse:
    try:
        save_bot(row)
    except InvalidRule as refusal:
        return editor(request, row, faults=refusal.faults)
    messages.success(request, _("The bot “%(name)s” is saved.") % {"name": row})
    return redirect("routing:bots")


def editor(request: HttpRequest, row: Bot, *, faults: dict[str, str] | None = None) -> HttpResponse:
    language, faults = language_shown(request), faults or {}
    lacking = drafting.languages_lacking(row)
    page: dict[str, Any] = {
        "bot": row,
        "saved": Bot.objects.filter(pk=row.pk).first() if row.pk else None,
        "faults": faults,
        "shown": language,
        "languages": [(code, name, code in lacking) for code, name in settings.LANGUAGES],
        "opening": drafting.inputs_of("opening", row.opening),
        "closing": drafting.inputs_of("closing", row.closing),
        "parts": drafting.parts_of(row, faults),
        "minutes": request.POST.get("patience_minutes", row.patience_minutes),
        "kinds": KIND_NAMES.items(),
        "attributes": attributes_of_people().values(),
        "priorities": priorities(),
        "departments": Department.objects.filter(is_active=True),
        "preview": preview_of(row, language),
    }
    return render(request, "routing/bot.html", page, status=422 if faults else 200)


def language_shown(request: HttpRequest) -> str:
    """The one whose texts are before the eyes: as was pressed, as it was, at first the workspace's."""
    verb, _space, pressed = request.POST.get("press", "").partition(" ")
    known = dict(settings.LANGUAGES)
    asked = (pressed if verb == "show" else "", request.POST.get("shown", ""), Workspace.get().language)
    return next(code for code in (*asked, "en") if code in known)


@admin_only
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The conversation by the form as it stands."""
    row = drafting.read_draft(request.POST, Bot())
    return render(request, "routing/_bot_preview.html", {"preview": preview_of(row, language_shown(request))})


@admin_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off; what it asks just now goes to the team."""
    switch_bot(get_object_or_404(Bot, pk=pk), is_active=request.POST.get("is_active") == "1")
    return redirect("routing:bots")


@admin_only
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """What was answered stays with the tickets."""
    row = get_object_or_404(Bot, pk=pk)
    delete_bot(row)
    messages.success(request, _("The bot “%(name)s” is deleted.") % {"name": row})
    return redirect("routing:bots")
