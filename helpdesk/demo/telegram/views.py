"""A phone's messenger: what a customer of the demo sees of Telegram."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from helpdesk.demo.models import TelegramBot, TelegramChat, TelegramLine
from helpdesk.demo.telegram.chats import own_site, start_chat, write_as_person

SHOWN_CHATS, SHOWN_LINES = 12, 100
LONGEST = 4096  # characters, as Telegram has it
LARGEST = 20 * 2**20  # bytes: what Telegram lets bots fetch


@require_GET
@never_cache
def phone(request: HttpRequest, chat_id: int | None = None) -> HttpResponse:
    """The chats, and one of them open: the one asked for, else the latest."""
    chats = TelegramChat.objects.order_by("-last_at")
    chat = get_object_or_404(chats, pk=chat_id) if chat_id else chats.first()
    return render(request, "demo/telegram.html", screen(chat) | {"is_chosen": bool(chat_id)})


@require_GET
@never_cache
def news(request: HttpRequest, chat_id: int) -> HttpResponse:
    """The lines again where something has come since `seen`, else 204, which leaves the page as it is."""
    context = screen(get_object_or_404(TelegramChat, pk=chat_id))
    if request.GET.get("seen") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "demo/_telegram_news.html", context)


@require_POST
def chats(request: HttpRequest) -> HttpResponse:
    """Somebody new takes up a phone."""
    name = request.POST.get("name", "").strip()[:100] or _("Guest")
    return redirect("demo:telegram_chat", start_chat(name, language=get_language() or "").pk)


@require_POST
def lines(request: HttpRequest, chat_id: int) -> HttpResponse:
    """The customer writes. With nothing written, what could not be delivered is tried again."""
    chat = get_object_or_404(TelegramChat, pk=chat_id)
    file = request.FILES.get("file")
    if file and (file.size or 0) > LARGEST:
        error = _("Telegram brings bots files of up to 20 MB.")
        return render(request, "demo/telegram.html", screen(chat) | {"error": error})
    write_as_person(chat, request.POST.get("text", "").strip()[:LONGEST], file=file)
    return redirect("demo:telegram_chat", chat.pk)


@require_GET
def line_file(request: HttpRequest, key: UUID) -> FileResponse:
    """A file that the bot or the customer sent, to be kept and never to be run here."""
    line = get_object_or_404(TelegramLine, file_key=key)
    if line.file is None:
        raise Http404
    content = BytesIO(bytes(line.file))
    response = FileResponse(
        content, as_attachment=True, filename=line.file_name, content_type="application/octet-stream"
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def screen(chat: TelegramChat | None) -> dict[str, Any]:
    """What the page shows; `version` changes with whatever would be drawn otherwise."""
    shown = list(chat.lines.defer("file").order_by("-pk")[:SHOWN_LINES])[::-1] if chat else []
    waiting = sum(line.delivered_at is None for line in shown)
    newest = TelegramLine.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return {
        "bot": TelegramBot.objects.first() if own_site() is not None else None,
        "chat": chat,
        "chats": TelegramChat.objects.order_by("-last_at")[:SHOWN_CHATS],
        "lines": shown,
        "waiting": waiting,
        "version": f"{newest}-{waiting}",
        "longest": LONGEST,
    }
