import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from helpdesk.connectors.email.compose import header_value
from helpdesk.connectors.email.parsing.clean_html import clean_html
from helpdesk.connectors.email.parsing.inert_html import is_inert
from helpdesk.connectors.email.parsing.language import detect_language
from helpdesk.connectors.email.parsing.message import Address, ParsedEmail
from helpdesk.connectors.email.parsing.parse import parse_email
from helpdesk.connectors.email.parsing.reply_html import new_text_of_html
from helpdesk.connectors.email.parsing.reply_text import new_text_of
from helpdesk.tickets.files import safe_file_name


class Command(BaseCommand):
    help = "Try the mail rules: JSON lines in, JSON lines out, in the same order. Verbs: parse, reply, clean, language, name, header."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=sorted(VERBS))
        parser.add_argument("--jsonl", action="store_true", help="JSON lines (the only form there is)")

    def handle(self, *args: object, **options: object) -> None:
        for line in sys.stdin:
            if line.strip():
                self.stdout.write(json.dumps(answer(VERBS[str(options["verb"])], line), ensure_ascii=True))
                self.stdout.flush()


def answer(verb: Callable[[dict], Any], line: str) -> dict[str, Any]:
    """The verb's result for one case; a case that can't be read gives an error, never the end of the run."""
    case: Any = None
    try:
        case = json.loads(line)
        return {"id": case.get("id"), "out": verb(case)}
    except Exception as error:
        return {
            "id": case.get("id") if isinstance(case, dict) else None,
            "error": f"{type(error).__name__}: {error}",
        }


def parse_case(case: dict) -> dict[str, Any]:
    return as_json(parse_email(Path(case["path"]).read_bytes()))


def as_json(mail: ParsedEmail) -> dict[str, Any]:
    return {
        "subject": mail.subject,
        "from": mailboxes(mail.from_),
        "to": mailboxes(mail.to),
        "cc": mailboxes(mail.cc),
        "text": mail.text,
        "html": mail.html_source if is_inert(mail.html_source) else mail.html,  # safe either way
        "reply": mail.new_text,
        "attachments": [
            {"name": one.name, "ctype": one.content_type, "size": len(one.content)}
            for one in mail.attachments
        ],
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "language": mail.language,
        "class": mail.kind,
        "recipients": list(mail.failed_recipients),
    }


def mailboxes(boxes: tuple[Address, ...]) -> list[dict[str, str]]:
    return [{"name": box.name, "addr": box.addr} for box in boxes]


def reply_case(case: dict) -> str:
    return new_text_of_html(case["input"]) if case.get("format") == "html" else new_text_of(case["input"])


VERBS: dict[str, Callable[[dict], Any]] = {
    "parse": parse_case,
    "reply": reply_case,
    "clean": lambda case: clean_html(case["html"]),
    "name": lambda case: safe_file_name(case["s"]),
    "language": lambda case: detect_language(case["text"]),
    "header": lambda case: header_value(case["s"]),
}
