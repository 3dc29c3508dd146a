"""Pictures that came inside a mail, shown in their place."""

import re
from html import unescape
from urllib.parse import unquote

from django.urls import reverse

from helpdesk.tickets.models import Message

INSIDE = re.compile(r'src="cid:([^"]+)"')


def html_with_pictures(message: Message) -> str:
    """The message's safe HTML with each `cid:` picture under the address of the file that came with it."""
    if "cid:" not in message.html:
        return message.html
    addresses = {
        one.content_id: reverse("tickets:file", args=[one.key])
        for one in message.attachments.exclude(content_id="")
    }

    def address_of(found: re.Match[str]) -> str:
        address = addresses.get(unquote(unescape(found[1])))
        return f'src="{address}"' if address else found[0]

    return INSIDE.sub(address_of, message.html)
