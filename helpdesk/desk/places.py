"""Where in a mail's text its pictures stand."""

import re
from html import unescape
from urllib.parse import unquote

from helpdesk.tickets.models import Message
from helpdesk.tickets.pictures import PICTURE, SOURCE, WORDS

# Where a mail's plain text says that a picture stands: "[cid:photo@01]" in Outlook; in Gmail "[image: photo.png]", which
# is the file's name until its sender writes a description.
PLACE = re.compile(r"\[(?:cid:\s*([^\]\n]{1,300})|image:\s*([^\]\n]{1,300}))\]")
# The cleaner writes every value in double quotes, so that a ">" inside one ends nothing.
TAG = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")
END_OF_LINE = re.compile(r"<(?:br|hr|/(?:p|div|li|tr|h[1-6]|blockquote|pre))\b[^<>]*>")


def text_with_places(message: Message) -> str:
    """Its new text; where that has no such marks (Apple Mail, Thunderbird) with `[cid:…]` below the line that stands before
    the picture in the HTML. A picture whose line is not in the new text (a quote's, a signature's) is not placed."""
    if "cid:" not in message.html or PLACE.search(message.text):
        return message.text
    lines = message.text.split("\n")
    begin = place = 0
    is_known = True  # does the text have the line before it?
    for tag in PICTURE.finditer(message.html):
        before = last_line(message.html[begin : tag.start()])
        begin = tag.end()
        if before:
            found = next((at for at in range(place, len(lines)) if is_end_of(before, lines[at])), None)
            is_known, place = found is not None, place if found is None else found + 1
        content_id = content_id_of(tag[0])
        if is_known and content_id and "]" not in content_id:
            lines.insert(place, f"[cid:{content_id}]")
            place += 1
    return "\n".join(lines)


def described_pictures(html: str) -> dict[str, str]:
    """The description of each picture that came inside the mail, with its content id."""
    described = {}
    for tag in PICTURE.findall(html) if "cid:" in html else ():
        words, content_id = WORDS.search(tag), content_id_of(tag)
        if words and content_id:
            described[unescape(words[1]).strip()] = content_id
    return described


def content_id_of(tag: str) -> str:
    """Which part of the mail this `<img>` shows; '' if none."""
    source = SOURCE.search(tag)
    address = unquote(unescape(source[1])).strip() if source else ""
    return address[4:].strip() if address.lower().startswith("cid:") else ""


def last_line(html: str) -> str:
    """The last line of these words that is not empty."""
    words = unescape(TAG.sub("", END_OF_LINE.sub("\n", html.replace("\n", " "))))
    return next((line for each in reversed(words.split("\n")) if (line := " ".join(each.split()))), "")


def is_end_of(paragraph: str, line: str) -> bool:
    """Is the text's line this one of the HTML, or the last part of it where the text is wrapped?"""
    line = " ".join(line.split())
    return bool(line) and (paragraph == line or paragraph.endswith(f" {line}"))
