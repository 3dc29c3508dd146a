"""Pictures of a mail: those that came inside it are shown in their place, those of the web only when asked for."""

import re
from html import unescape
from urllib.parse import unquote

from helpdesk.tickets.models import Message

# What a browser is handed as a picture; anything else is a download.
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# The cleaner writes every value in double quotes, so that a ">" inside one ends nothing.
PICTURE = re.compile(r"<img(?:\s+[\w-]+(?:=\"[^\"]*\")?)*\s*/?>")
SOURCE = re.compile(r"\s+src=\"([^\"]*)\"")


def html_with_pictures(message: Message, *, from_the_web: bool = False) -> str:
    """The message's safe HTML with each `cid:` picture under the address of the file that came with it.

    Every other address of a picture is taken out, so that looking at a mail tells nobody; with `from_the_web` those by
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

    def source(found: re.Match[str]) -> str:
        address = unescape(found[1]).strip()
        if address.lower().startswith("cid:"):
            inside = files.get(unquote(address[4:]).strip())
            return f' src="{inside}"' if inside else ""
        return found[0] if from_the_web and address.lower().startswith("https://") else ""

    return PICTURE.sub(lambda tag: SOURCE.sub(source, tag[0]), message.html)


def has_web_pictures(html: str) -> bool:
    """Does the safe HTML ask for a picture by https?"""
    return any('src="https://' in tag.lower() for tag in PICTURE.findall(html)) if "<img" in html else False
