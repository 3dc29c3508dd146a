"""Pictures of a mail: those that came inside it are shown in their place, those of the web only when asked for."""

import re
from html import escape, unescape
from urllib.parse import unquote

from helpdesk.tickets.models import Message

# What a browser is handed as a picture; anything else is a download.
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# The cleaner writes every value in double quotes, so that a ">" inside one ends nothing.
PICTURE = re.compile(r"<img(?:\s+[\w-]+(?:=\"[^\"]*\")?)*\s*/?>")
SOURCE, WORDS = re.compile(r"\s+src=\"([^\"]*)\""), re.compile(r"\s+alt=\"([^\"]*)\"")


def html_with_pictures(message: Message, *, from_the_web: bool = False) -> str:
    """The message's safe HTML with each `cid:` picture under the address of the file that came with it.

    Of every other picture only its words are left, so that looking at a mail tells nobody; with `from_the_web` those by
    https stay.
    """
    if "<img" not in message.html:
        return message.html
    files = {}
    if "cid:" in message.html:
        files = {
            one.content_id: one.get_absolute_url()
            for one in message.attachments.exclude(content_id="").filter(content_type__in=SHOWN)
        }

    def draw(tag: re.Match[str]) -> str:
        source = SOURCE.search(tag[0])
        address = unescape(source[1]).strip() if source else ""
        if address.lower().startswith("cid:") and (inside := files.get(unquote(address[4:]).strip())):
            return tag[0].replace(source[0], f' src="{inside}"')
        if from_the_web and address.lower().startswith("https://"):
            return tag[0]
        words = WORDS.search(tag[0])
        return f"[{escape(unescape(words[1]))}]" if words and words[1].strip() else ""

    return PICTURE.sub(draw, message.html)


def has_web_pictures(html: str) -> bool:
    """Does the safe HTML ask for a picture by https?"""
    return any('src="https://' in tag.lower() for tag in PICTURE.findall(html)) if "<img" in html else False
