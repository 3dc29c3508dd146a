"""The pretend Telegram's Bot API: the methods that the helpdesk calls, answered in Telegram's own format and words.

Its sentences are Telegram's, so they are not translated.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from helpdesk.demo.models import TelegramBot, TelegramChat, TelegramLine
from helpdesk.demo.telegram.chats import add_line, bot_user, document_of, find_chat, message_of

LONGEST, LONGEST_CAPTION = 4096, 1024  # UTF-16 units
LARGEST_UPLOAD = 50 * 2**20  # bytes


class Refusal(Exception):
    """The call is refused: Telegram's code and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@csrf_exempt  # a server calls, with the token in its address and without cookies
@require_POST
def call(request: HttpRequest, token: str, method: str) -> JsonResponse:
    """One method of one bot; `{"ok": true, "result": ...}` or the refusal with its code."""
    try:
        bot = TelegramBot.objects.filter(token=token).first()
        if bot is None:
            raise Refusal(401, "Unauthorized")
        if method not in METHODS:
            raise Refusal(404, "Not Found")
        return JsonResponse({"ok": True, "result": METHODS[method](bot, fields_of(request), request)})
    except Refusal as refusal:
        answer = {"ok": False, "error_code": refusal.code, "description": refusal.words}
        return JsonResponse(answer, status=refusal.code)


@require_GET
def file(request: HttpRequest, token: str, key: UUID) -> HttpResponse:
    """The bytes behind a `file_path`."""
    line = TelegramLine.objects.filter(file_key=key).first()
    if line is None or line.file is None or not TelegramBot.objects.filter(token=token).exists():
        raise Http404
    return HttpResponse(bytes(line.file), content_type="application/octet-stream")


def fields_of(request: HttpRequest) -> Mapping[str, Any]:
    """What was sent, as JSON or as a form."""
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        fields = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Refusal(400, "Bad Request: can't parse the request as a JSON object")
    return fields


def get_me(bot: TelegramBot, _fields: Mapping[str, Any], _request: HttpRequest) -> dict[str, Any]:
    return {**bot_user(bot), "can_join_groups": False, "can_read_all_group_messages": False}


def set_webhook(bot: TelegramBot, fields: Mapping[str, Any], _request: HttpRequest) -> bool:
    """Only addresses of this very site: the pretend Telegram calls nobody else."""
    url = str(fields.get("url", ""))
    if url and not url.startswith(f"{settings.PUBLIC_URL}/"):
        raise Refusal(400, "Bad Request: bad webhook: this pretend Telegram calls only its own site")
    bot.webhook_path = urlsplit(url).path[:200]
    bot.webhook_secret = str(fields.get("secret_token", ""))[:256]
    bot.save(update_fields=["webhook_path", "webhook_secret"])
    return True


def get_webhook_info(bot: TelegramBot, _fields: Mapping[str, Any], _request: HttpRequest) -> dict[str, Any]:
    waiting = TelegramLine.objects.filter(is_from_bot=False, delivered_at=None).count()
    return {
        "url": settings.PUBLIC_URL + bot.webhook_path if bot.webhook_path else "",
        "has_custom_certificate": False,
        "pending_update_count": waiting,
    }


def send_message(bot: TelegramBot, fields: Mapping[str, Any], _request: HttpRequest) -> dict[str, Any]:
    chat, text = chat_of(fields), str(fields.get("text", "")).strip()
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    if units(text) > LONGEST:
        raise Refusal(400, "Bad Request: message is too long")
    return message_of(add_line(chat, text, is_from_bot=True), bot)


def send_document(bot: TelegramBot, fields: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    return message_of(add_file(fields, request, "document"), bot)


def send_photo(bot: TelegramBot, fields: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """Telegram answers with the sizes it made of the photo; here there is the one that came."""
    message = message_of(add_file(fields, request, "photo"), bot)
    document = message.pop("document")
    sizes = {key: document[key] for key in ("file_id", "file_unique_id", "file_size")}
    return message | {"photo": [{**sizes, "width": 0, "height": 0}]}


def get_file(_bot: TelegramBot, fields: Mapping[str, Any], _request: HttpRequest) -> dict[str, Any]:
    try:
        key = UUID(hex=str(fields.get("file_id", "")))
        line = TelegramLine.objects.defer("file").get(file_key=key)
    except (ValueError, TelegramLine.DoesNotExist):
        raise Refusal(400, "Bad Request: invalid file_id") from None
    kept = document_of(line)
    sizes = {name: kept[name] for name in ("file_id", "file_unique_id", "file_size")}
    return {**sizes, "file_path": f"documents/{key}"}


METHODS: dict[str, Callable[[TelegramBot, Mapping[str, Any], HttpRequest], Any]] = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "getFile": get_file,
}


def chat_of(fields: Mapping[str, Any]) -> TelegramChat:
    given = str(fields.get("chat_id", ""))
    is_number = given.isascii() and given.isdigit() and len(given) < 19
    chat = find_chat(int(given)) if is_number else None
    if chat is None:
        raise Refusal(400, "Bad Request: chat not found")
    return chat


def add_file(fields: Mapping[str, Any], request: HttpRequest, kind: str) -> TelegramLine:
    chat, sent = chat_of(fields), request.FILES.get(kind)
    caption = str(fields.get("caption", ""))
    if sent is None:
        raise Refusal(400, f"Bad Request: there is no {kind} in the request")
    if (sent.size or 0) > LARGEST_UPLOAD:
        raise Refusal(413, "Request Entity Too Large")
    if units(caption) > LONGEST_CAPTION:
        raise Refusal(400, "Bad Request: message caption is too long")
    return add_line(chat, caption, is_from_bot=True, file=sent)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
