"""A Telegram on loopback: real HTTP, answering as the Bot API documents it."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from itertools import count

from tests.loopback import QuietHandler, serving

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@dataclass
class FakeTelegram:
    """What it was asked, what its chats show, and what it will refuse next."""

    calls: list[tuple[str, dict]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # by file_id; the path is documents/<file_id>
    refusals: list[tuple[int, dict]] = field(default_factory=list)  # status and body, for the next calls
    numbers: count = field(default_factory=lambda: count(5000))
    base: str = ""

    def sent(self, method: str) -> list[dict]:
        return [fields for name, fields in self.calls if name == method]

    def refuse(self, code: int, words: str, **parameters) -> None:
        body = {"ok": False, "error_code": code, "description": words}
        self.refusals.append((code, body | ({"parameters": parameters} if parameters else {})))

    def answer(self, method: str, fields: dict) -> tuple[int, dict]:
        self.calls.append((method, fields))
        if self.refusals:
            return self.refusals.pop(0)
        if method == "getMe":
            return 200, {"ok": True, "result": {"id": 110201543, "is_bot": True, "username": "fernweh_bot"}}
        if method == "setWebhook":
            return 200, {"ok": True, "result": True, "description": "Webhook was set"}
        if method in ("sendMessage", "sendDocument"):
            chat = {"id": int(fields["chat_id"]), "type": "private"}
            return 200, {"ok": True, "result": {"message_id": next(self.numbers), "chat": chat}}
        if method == "getFile" and fields["file_id"] in self.files:
            path = f"documents/{fields['file_id']}"
            return 200, {"ok": True, "result": {"file_id": fields["file_id"], "file_path": path}}
        return 404, {"ok": False, "error_code": 404, "description": "Not Found"}


def handler_of(telegram: FakeTelegram) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            _, bot, method = self.path.split("/")
            if bot != f"bot{TOKEN}":
                self.give(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.give(*telegram.answer(method, fields_of(self.headers["Content-Type"], body)))

        def do_GET(self) -> None:
            _, word, bot, _folder, file_id = self.path.split("/")
            known = word == "file" and bot == f"bot{TOKEN}" and file_id in telegram.files
            content = telegram.files.get(file_id, b"") if known else b""
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def give(self, status: int, body: dict) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler


def fields_of(content_type: str, body: bytes) -> dict:
    if content_type.startswith("application/json"):
        return json.loads(body)
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form: EmailMessage = BytesParser(policy=HTTP).parsebytes(head + body)
    fields = {}
    for part in form.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        filename = part.get_filename()
        fields[name] = (filename, content) if filename else content.decode()
    return fields


@contextmanager
def running():
    telegram = FakeTelegram()
    with serving(handler_of(telegram)) as server:
        telegram.base = f"http://127.0.0.1:{server.server_port}"
        yield telegram
