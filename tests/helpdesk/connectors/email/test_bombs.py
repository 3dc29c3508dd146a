"""Mails made to break a parser. Each is read or refused with a reason, in time and memory that its size allows."""

import os
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.connectors.email.parsing.forwarded import read_forwarded
from helpdesk.connectors.email.parsing.message import ParseError
from helpdesk.connectors.email.parsing.parse import parse_email
from tests.effort import effort
from tests.helpdesk.connectors.email.samples import FOLDER

HEAD = b"From: a@a.example\r\nTo: b@b.example\r\nSubject: Fwd: x\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
DAEMON = b"From: MAILER-DAEMON@a.example\r\nSubject: Undelivered mail\r\n\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def encoded(name: str) -> bytes:
    return HEAD + f"Content-Transfer-Encoding: {name}\r\n\r\n".encode()


BOMBS = {
    "comments": HTML + b"<!--" * 200_000,
    "open tags": HTML + b'<a href="x' * 100_000,
    "open sections": HTML + b"<![CDATA[" * 100_000,
    "angles": HTML + b"<" * 600_000,
    "ampersands": HTML + b"&amp" * 150_000,
    "attributes": HTML + b"<p " + b"a=b " * 150_000 + b">x",
    "end tags": HTML + b"<div></p>" * 490 + b"</b>" * 150_000,
    "deep tags": HTML + b"<div><blockquote>" * 10_000,
    "quotes in a name": b'From: a@a.example\r\nTo: "' + b"\\\\" * 90_000 + b"\r\n\r\nx",
    "parentheses": b"From: a@a.example\r\nTo: " + b"(a\\(" * 45_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?a?q?" * 30_000 + b"\r\n\r\nx",
    "references": HEAD + b"References: " + b"<" * 190_000 + b"\r\n\r\nx",
    "a long header": b"Subject: " + b"A" * 500_000 + b"\r\n\r\nx",
    "lines of header": b"Subject: a\r\n" + b"A:\r\n" * 500_000,
    "folded lines": b"Subject: a\r\n" + b" b\r\n" * 500_000 + b"\r\nx",
    "boundaries": MIXED + b"--b\r" * 500_000,
    "parts": MIXED + b"--b\r\n\r\nx\r\n" * 20_000,
    "uu lines": encoded("uuencode") + b"begin 644 x\n" + b"M\n" * 500_000,
    "paddings": encoded("base64") + b"A=" * 500_000,
    "bytes of no charset": HEAD + b"\r\n" + b"\x81\x8d" * 500_000,
    "flowing lines": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 200_000,
    "rules": HEAD + b"\r\n" + b"-----\n" * 50_000,
    "headers in the text": HEAD + b"\r\n" + b"From: x@y.example\n" * 50_000,
    "attributions": HEAD + b"\r\n" + b"> " * 20_000 + b"\n" + b"On " * 3_000 + b"wrote:\n" + b" " * 40_000 + b"x",
    "dates": HEAD + b"\r\n" + b"La 5.1.2026 10:12 <a@b.example> wrote \n" * 3_000,
    "recipients": DAEMON + b"recipient: \n" * 50_000,
    "blanks": DAEMON + b" " * 200_000 + b"\n" * 200_000,
    "addresses": DAEMON + b"user a@" * 60_000,
    "reports": b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_refused_with_little_effort(name):
    def read() -> None:
        try:
            read_forwarded(parse_email(BOMBS[name]))
        except ParseError as refusal:
            assert str(refusal)

    # the dearest takes 40; what grows with the square of its size takes thousands
    assert effort(read) < 150


@pytest.mark.parametrize(
    "name", ["attributes", "uu lines", "paddings", "angles", "boundaries", "parts", "folded lines"]
)
def test_a_bomb_takes_less_than_200_mb(name):
    tracemalloc.start()
    try:
        parse_email(BOMBS[name])
    except ParseError as refusal:
        assert str(refusal)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 200_000_000


@pytest.mark.parametrize("kind", [b"multipart/mixed", b"message/rfc822"])
def test_what_is_nested_past_all_sense_is_refused(kind):
    body = b"x"
    for number in range(900):
        mark = b"b%d" % number
        inside = b"--%b\r\n%b\r\n--%b--" % (mark, body, mark) if kind.startswith(b"multi") else body
        body = b"Content-Type: %b; boundary=%b\r\n\r\n%b" % (kind, mark, inside)
    with pytest.raises(ParseError, match="nested"):
        parse_email(b"Subject: x\r\n" + body)


def test_large_parts_nested_deep_are_refused_and_a_large_file_is_read():
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(50)
    )
    with pytest.raises(ParseError, match="large parts"):
        parse_email(b"Subject: x\r\n" + deep + b"\r\n" + b"z" * 10_000_000)
    file = b"Content-Type: application/pdf; name=x.pdf\r\n\r\n" + os.urandom(10_000_000)
    parsed = parse_email(MIXED + b"--b\r\n\r\nhello\r\n--b\r\n" + file + b"\r\n--b--")
    assert len(parsed.attachments[0].content) == 10_000_000


def test_an_archive_or_a_picture_is_kept_as_it_came_and_never_opened():
    for content in (
        b"PK\x03\x04" + b"\x00" * 100,
        b"\x89PNG\r\n\x1a\n",
        b"<!DOCTYPE l [<!ENTITY a 'ha'>]><svg/>",
    ):
        part = b"--b\r\nContent-Type: application/octet-stream; name=x\r\n\r\n" + content
        assert parse_email(MIXED + part + b"\r\n--b--").attachments[0].content == content


SAMPLES = [path.read_bytes() for path in sorted(FOLDER.glob("*.eml"))]


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_a_mail_with_any_damage_is_read_or_refused_and_its_text_can_be_stored(data):
    raw = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        match data.draw(st.sampled_from(["cut", "noise", "double", "swap", "drop"])):
            case "cut":
                raw = raw[:at]
            case "noise":
                raw = raw[:at] + data.draw(st.binary(max_size=30)) + raw[at:]
            case "double":
                raw = raw[:at] + raw[max(0, at - 200) : at] + raw[at:]
            case "swap":
                raw = raw[at:] + raw[:at]
            case "drop":
                raw = raw[:at] + raw[at + data.draw(st.integers(1, 60)) :]
    try:
        parsed = parse_email(raw)
    except ParseError:
        return
    inner = read_forwarded(parsed)
    words = [
        parsed.subject,
        parsed.text,
        parsed.html,
        parsed.html_source,
        parsed.new_text,
        parsed.failure_reason,
    ]
    words += [one.shown_name for one in parsed.attachments] + (
        [inner.text, inner.html, inner.note] if inner else []
    )
    words += [part for box in (*parsed.from_, *parsed.to, *parsed.cc, *parsed.reply_to) for part in box]
    for word in words:
        assert "\x00" not in word
        word.encode("utf-8")
