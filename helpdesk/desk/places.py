"""Where in a mail's text its pictures stand."""

import re
from html import unescape
from urllib.parse import unquote

from helpdesk.tickets.models import Message
from helpdesk.tickets.pictures import PICTURE, SOURCE

# Where a mail's plain text says that a picture stands: "[cid:photo@01]" in Outlook, "[image: photo.png]" in Gmail.
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
        source = SOURCE.search(tag[0])
        address = unquote(unescape(source[1])).strip() if source else ""
        if is_known and address.lower().startswith("cid:") and "]" not in address:
            lines.insert(place, f"[{address}]")
            place += 1
    return "\n".join(lines)


def last_line(html: str) -> str:
    """The last line of these words that is not empty."""
    words = unescape(TAG.sub("", END_OF_LINE.sub("\n", html.replace("\n", " "))))
    return next((line for each in reversed(words.split("\n")) if (line := " ".join(each.split()))), "")


def is_end_of(paragraph: str, line: str) -> bool:
    """Is the text's line this one of the HTML, or the last part of it where the text is wrapped?"""
    line = " ".join(line.split())
    return bool(line) and (paragraph == line or paragraph.endswith(f" {line}"))
