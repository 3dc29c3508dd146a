"""A frame of the widget becomes an InboundMessage. Past here nobody sees the wire format."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from helpdesk.errors import Invalid
from helpdesk.inboxes.contract import InboundFile, InboundMessage, Sender
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import ContactIdentity
from helpdesk.tickets.text import clean_text

LONGEST_TEXT = 8_000
LONGEST_URL = 1_000
LONGEST_TITLE = 200


def parse_frame(
    frame: Mapping[str, Any],
    *,
    inbox: Inbox,
    visitor: UUID,
    language: str = "",
    files: Sequence[InboundFile] = (),
) -> InboundMessage:
    """`frame` is {uuid, text, url, title, referrer, name, email}, all but the first two optional.

    The same uuid of the same visitor is the same message, however often it comes. Raises Invalid.
    """
    text = words(frame, "text", LONGEST_TEXT + 1).strip()
    if not text and not files:
        raise Invalid(_("Write something first."), field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid(_("At most %(most)s characters.") % {"most": LONGEST_TEXT}, field="text")
    return InboundMessage(
        inbox=inbox,
        sender=Sender(
            ContactIdentity.Kind.VISITOR,
            str(visitor),
            name=words(frame, "name", 120).strip(),
            email=email_of(frame),
            language=language,
        ),
        external_id=f"{visitor.hex}:{uuid_of(frame).hex}",
        text=text,
        files=files,
        language=language,
        attributes=page_of(frame),
    )


def uuid_of(frame: Mapping[str, Any]) -> UUID:
    """The id the widget gave the message before it was sent."""
    try:
        return UUID(hex=words(frame, "uuid", 40))
    except ValueError:
        raise Invalid(_("The message has no valid uuid."), field="uuid") from None


def page_of(frame: Mapping[str, Any]) -> dict[str, str]:
    """Where on the site the visitor is: `page`, `page_title` and `referrer`, each only where it is given."""
    page = {
        "page": web_address(words(frame, "url", LONGEST_URL)),
        "page_title": words(frame, "title", LONGEST_TITLE).strip(),
        "referrer": web_address(words(frame, "referrer", LONGEST_URL)),
    }
    return {name: value for name, value in page.items() if value}


def email_of(frame: Mapping[str, Any]) -> str:
    """The address a visitor gave; "" where there is none. Raises Invalid for what is no address."""
    address = words(frame, "email", 255).strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(
            _("This is no email address: %(address)s") % {"address": address}, field="email"
        ) from None
    return address


def web_address(address: str) -> str:
    """An http(s) address as it is, "" for anything else: an agent will click on it."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.netloc else ""


def words(frame: Mapping[str, Any], name: str, most: int) -> str:
    """A text of the frame, cut, and such as PostgreSQL takes it; "" for what is missing or no text."""
    value = frame.get(name)
    return clean_text(value[:most]) if isinstance(value, str) else ""
