"""raw bytes -> ParsedEmail. A pure function: no database, no clock, no network."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from helpdesk.connectors.email.parsing.addresses import Address, parse_addresses
from helpdesk.connectors.email.parsing.bodies import read_bodies
from helpdesk.connectors.email.parsing.classify import AUTO_HEADERS, classify
from helpdesk.connectors.email.parsing.clean_html import clean_html
from helpdesk.connectors.email.parsing.headers import DELIVERED_TO, Fields, all_fields, one_line, raw_field
from helpdesk.connectors.email.parsing.html_text import html_to_text
from helpdesk.connectors.email.parsing.language import NO_LANGUAGE
from helpdesk.connectors.email.parsing.message import ParsedEmail
from helpdesk.connectors.email.parsing.mime import ParseError, read_parts
from helpdesk.connectors.email.parsing.reply_html import new_text_of_html
from helpdesk.connectors.email.parsing.reply_text import new_text_of

LONGEST_MAIL = 50 * 1024 * 1024
MOST_REFERENCES = 200
MESSAGE_ID = re.compile(r"<\s*([^<>\s][^<>]{0,500}?)\s*>")


def parse_email(raw: bytes) -> ParsedEmail:
    """Read one mail as it came from the wire.

    Bad content never raises: what cannot be decoded is shown with replacement characters. ParseError (with a reason for the
    operator) is for what is no mail at all: empty, over LONGEST_MAIL, parts nested too deep or too many.
    """
    if len(raw) > LONGEST_MAIL:
        raise ParseError(f"larger than {LONGEST_MAIL // 1024 // 1024} MB")
    root = read_parts(raw)
    fields = root.fields
    bodies = read_bodies(root)
    text = bodies.text or html_to_text(bodies.html)
    verdict = classify(root, text)
    return ParsedEmail(
        subject=one_line(raw_field(fields, "subject")),
        from_=_mailboxes(fields, "from"),
        to=_mailboxes(fields, "to"),
        cc=_mailboxes(fields, "cc"),
        reply_to=_mailboxes(fields, "reply-to"),
        delivered_to=tuple(
            a.addr.lower() for name in DELIVERED_TO for a in _mailboxes(fields, name) if a.addr
        ),
        text=text,
        html=clean_html(bodies.html),
        html_source=bodies.html,
        new_text=new_text_of_html(bodies.html)
        if bodies.html and not bodies.text.strip()
        else new_text_of(text),
        message_id=next(iter(read_ids(raw_field(fields, "message-id"))), ""),
        in_reply_to=read_ids(raw_field(fields, "in-reply-to")),
        references=read_ids(raw_field(fields, "references")),
        date=_date(raw_field(fields, "date")),
        attachments=bodies.attachments,
        kind=verdict.kind,
        kind_reason=verdict.reason,
        failed_recipients=verdict.failed_recipients,
        failure_reason=verdict.failure_reason,
        delivered_recipients=verdict.delivered_recipients,
        original_message_id=verdict.original_message_id,
        auto_headers={
            name: one_line(raw_field(fields, name)) for name in AUTO_HEADERS if raw_field(fields, name)
        },
        size=len(raw),
        is_text_ours=bodies.is_ours or raw_field(fields, "content-language").strip() == NO_LANGUAGE,
    )


def _mailboxes(fields: Fields, name: str) -> tuple[Address, ...]:
    return tuple(a for value in all_fields(fields, name) for a in parse_addresses(value))


def read_ids(value: str) -> tuple[str, ...]:
    """The message ids of a header, without brackets, in order, each once; ids written without brackets count when alone."""
    found = MESSAGE_ID.findall(value) or [
        word for word in value.split() if "@" in word or len(value.split()) == 1
    ]
    ids = dict.fromkeys(re.sub(r"\s+", "", one).strip("<>") for one in found)
    return tuple(one for one in ids if one)[-MOST_REFERENCES:]


def _date(value: str) -> datetime | None:
    """The Date header in UTC; None when missing, unreadable, or outside what a database takes."""
    try:
        moment = parsedate_to_datetime(re.sub(r"\s+", " ", value.strip()))
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return moment if 1970 <= moment.year <= 2200 else None
