"""Calling Telegram's Bot API. The token sits in the address, so no address ever leaves this module."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from helpdesk.inboxes.models import Inbox
from helpdesk.outgoing import send_request

LARGEST_DOWNLOAD = 20 * 2**20  # bytes: what Telegram lets bots fetch


class BotError(Exception):
    """Telegram refused: its code, its words, and when to come back where it says so."""

    def __init__(self, code: int, words: str, retry_after: int | None = None) -> None:
        super().__init__(f"Telegram: {code} {words}")
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True)
class Bot:
    token: str

    def call(self, method: str, *, files: dict[str, Any] | None = None, **fields: Any) -> Any:
        """The `result` of a method. Raises BotError, or Unreachable where nothing answered."""
        url = f"{settings.TELEGRAM_API_BASE}/bot{self.token}/{method}"
        form = {"data": fields, "files": files} if files else {"json": fields}
        answer = send_request("POST", url, is_trusted=True, **form)
        try:
            said = json.loads(answer.body)
            is_done = bool(said["ok"])
        except (ValueError, TypeError, KeyError):
            raise BotError(answer.status, "an answer that is no Bot API answer") from None
        if is_done:
            return said.get("result")
        parameters = said.get("parameters") or {}
        code = said.get("error_code") or answer.status
        raise BotError(int(code), str(said.get("description", ""))[:300], parameters.get("retry_after"))

    def fetch_file(self, file_id: str) -> bytes:
        """The bytes of a file a customer sent. Raises BotError with code 413 where it is too large."""
        path = str(self.call("getFile", file_id=file_id).get("file_path", ""))
        if not path or ".." in path or "://" in path:
            raise BotError(404, "no path for this file")
        url = f"{settings.TELEGRAM_API_BASE}/file/bot{self.token}/{path.lstrip('/')}"
        most = min(LARGEST_DOWNLOAD, settings.ATTACHMENT_MAX_BYTES)
        answer = send_request("GET", url, is_trusted=True, most_bytes=most)
        if answer.status != 200:
            raise BotError(answer.status, "the file can't be fetched")
        if not answer.is_whole:
            raise BotError(413, "the file is too large")
        return answer.body


def bot_of(inbox: Inbox) -> Bot | None:
    """The bot of this inbox; None while it has no token."""
    token = str(inbox.secrets.get("token", ""))
    return Bot(token) if token else None
