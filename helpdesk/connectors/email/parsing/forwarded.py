"""A mail that somebody handed on: who wrote it first, and what the one who forwards says above it.

Two ways exist. The whole mail hangs on as a message/rfc822 part, or its header stands as text above its words, written
by each mail program in the sender's language. In the second way the header must stand where the sender's own words end,
below a line that says "forwarded" or in a mail whose subject does: an answer that quotes a forward is none.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from helpdesk.connectors.email.parsing.addresses import parse_addresses
from helpdesk.connectors.email.parsing.clean_html import clean_html, orderly_html
from helpdesk.connectors.email.parsing.forwarded_words import FORWARD_SUBJECT, MARK, REPLY_SUBJECT
from helpdesk.connectors.email.parsing.html_lines import HtmlLine, read_html_lines
from helpdesk.connectors.email.parsing.language import detect_language
from helpdesk.connectors.email.parsing.message import Address, Attachment, ParsedEmail, ParseError
from helpdesk.connectors.email.parsing.parse import parse_email
from helpdesk.connectors.email.parsing.reply_text import (
    begins_header_block,
    begins_quote,
    header_field,
    new_text_of,
)
from helpdesk.connectors.email.parsing.reply_words import ORIGINAL_MESSAGE
from helpdesk.connectors.email.parsing.written_dates import read_written_date

LONGEST = 100_000  # characters
MOST_HEADER_LINES = 40
QUOTE = re.compile(r"^\s?> ?")
RULE = re.compile(r"^[\s*]*[-_=*]{5,}[\s*]*$")
# "Ann <ann@example.com<mailto:ann@example.com>>", "Ann [mailto:ann@example.com]"
MAILTO_TWICE = re.compile(
    r"<mailto:[^<>]*>(?=>)|\[mailto:[^\[\]]*\](?=>)|(?<=\S@)<mailto:[^<>]*>", re.IGNORECASE
)
MAILTO = re.compile(r"[\[<(]\s*mailto:([^\]>)\s]+)\s*[\])>]", re.IGNORECASE)


@dataclass(frozen=True)
class Forwarded:
    """The mail inside a forward.

    sender     its From; the address is never empty, the name may be
    date       aware UTC, None when not told or not readable; without a zone, as most write it, it is taken as UTC
    to, cc     as far as told; names without addresses are left out
    text, html what it said; html is safe to show and '' where there is none
    language   as ParsedEmail.language
    note       what the forwarder wrote above it, '' for nothing
    attachments, message_id  only of a mail that hangs on whole; of an inline one the files are those of the outer mail
    """

    sender: Address
    date: datetime | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    language: str = ""
    note: str = ""
    message_id: str = ""
    attachments: tuple[Attachment, ...] = ()
    is_attached: bool = False


@dataclass(frozen=True)
class Block:
    """Where a forwarded mail's header stands among the lines, and what it says."""

    above: int  # the sender's own lines end here
    below: int  # the mail's words begin here
    fields: dict[str, str]
    is_quoted: bool


def read_forwarded(mail: ParsedEmail) -> Forwarded | None:
    """The mail that `mail` forwards; None when it is not clearly a forward. Never raises."""
    if mail.kind not in ("human", "list") or REPLY_SUBJECT.match(mail.subject):
        return None
    return _inline(mail) or _attached(mail)


def _attached(mail: ParsedEmail) -> Forwarded | None:
    """The one mail that hangs on whole; two or more are a collection of evidence, no forward."""
    inside = [one for one in mail.attachments if one.content_type in {"message/rfc822", "message/global"}]
    if len(inside) != 1:
        return None
    try:
        inner = parse_email(inside[0].content)
    except ParseError:
        return None
    if not inner.sender.addr:
        return None
    return Forwarded(
        sender=inner.sender,
        date=inner.date,
        to=inner.to,
        cc=inner.cc,
        subject=inner.subject,
        text=inner.text,
        html=inner.html,
        language=inner.language,
        note=mail.new_text,
        message_id=inner.message_id,
        attachments=inner.attachments,
        is_attached=True,
    )


def _inline(mail: ParsedEmail) -> Forwarded | None:
    lines = mail.text[:LONGEST].split("\n")
    says_so = bool(FORWARD_SUBJECT.match(mail.subject))
    block = _find_block(lines, says_so)
    if block is None:
        return None
    sender = next((box for box in _mailboxes(block.fields.get("from", "")) if box.addr), None)
    if sender is None:
        return None
    below = lines[block.below :]
    if block.is_quoted:
        below = [QUOTE.sub("", line) for line in below]
    subject = re.sub(r"\s+", " ", block.fields.get("subject", "")).strip(" *")
    text = "\n".join(below).strip("\n")
    return Forwarded(
        sender=sender,
        date=read_written_date(block.fields.get("date") or block.fields.get("sent", ""), before=mail.date),
        to=_mailboxes(block.fields.get("to", "")),
        cc=_mailboxes(block.fields.get("cc", "")),
        subject=subject,
        text=text,
        html=_html_below(mail.html_source, says_so),
        language=detect_language(text, subject),
        note=new_text_of("\n".join(lines[: block.above])).strip(),
    )


def _find_block(lines: list[str], says_so: bool) -> Block | None:
    """The header of the forwarded mail: the first history in the text, below a mark or in a mail that says that it forwards."""
    for at, line in enumerate(lines):
        if MARK.match(line):
            return _read_block(lines, above=at, begin=at + 1)
        if _is_edge(line):
            continue
        if begins_header_block(lines, at):
            above = next((n + 1 for n in range(at - 1, -1, -1) if not _is_edge(lines[n])), 0)
            return _read_block(lines, above=above, begin=at) if says_so else None
        if begins_quote(lines, at) and not says_so:
            return None  # an answer: what comes below is its history
    return None


def _is_edge(line: str) -> bool:
    """Nothing, a rule, or `-----Original Message-----`: what programs put between the two mails."""
    return not line.strip() or bool(RULE.match(line) or ORIGINAL_MESSAGE.match(line))


def _read_block(lines: list[str], *, above: int, begin: int) -> Block | None:
    """The fields from `begin` on; None when no address of a sender is among them."""
    at = begin
    while at < len(lines) and (not _bare(lines[at]) or RULE.match(_bare(lines[at]))) and at < begin + 6:
        at += 1
    if at >= len(lines):
        return None
    is_quoted = bool(QUOTE.match(lines[at]))
    fields: dict[str, str] = {}
    last = ""
    end = at
    for number in range(at, min(len(lines), at + MOST_HEADER_LINES)):
        line = _bare(lines[number]) if is_quoted else lines[number]
        name, value = header_field(line)
        if name and name not in fields:
            fields[name], last = value, name
        elif not line.strip():
            if _goes_on(lines[number + 1 : number + 3], fields, is_quoted):
                continue
            break
        elif last in ("to", "cc", "subject") and not name and line.strip():
            fields[last] += f" {line.strip()}"  # a long line that was wrapped
        else:
            break
        end = number + 1
    return Block(above, end, fields, is_quoted) if "@" in fields.get("from", "") else None


def _bare(line: str) -> str:
    return QUOTE.sub("", line).strip()


def _goes_on(lines: list[str], fields: dict[str, str], is_quoted: bool) -> bool:
    """Below an empty line the header goes on only with a field that is missing yet, and never when it has enough."""
    following = next((line for line in lines if line.strip()), "")
    name, _ = header_field(_bare(following) if is_quoted else following)
    return len(fields) < 3 and bool(name) and name not in fields


def _mailboxes(value: str) -> tuple[Address, ...]:
    value = MAILTO.sub(r"<\1>", MAILTO_TWICE.sub("", value)).replace(";", ",").strip(" *")
    boxes = (box._replace(name=box.name.strip(" *\t")) for box in parse_addresses(value))
    return tuple(box for box in boxes if "@" in box.addr)


def _html_below(source: str, says_so: bool) -> str:
    """The HTML of the forwarded mail alone, safe to show; '' where its beginning is not found."""
    if not source.strip():
        return ""
    found: list[HtmlLine] = read_html_lines(source := orderly_html(source))
    block = _find_block([line.text for line in found], says_so)
    if block is None or block.below >= len(found):
        return ""
    first = next((line for line in found[block.below :] if line.text.strip()), None)
    return clean_html(source[first.begin :]).strip() if first else ""
