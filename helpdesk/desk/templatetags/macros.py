"""What the composer prints of shortcuts and macros."""

from collections.abc import Mapping
from uuid import uuid4

from django import template

from helpdesk.desk.macros import staged_in
from helpdesk.desk.shortcuts import Offer, offer_of
from helpdesk.tickets.shortcuts.steps import Offers

register = template.Library()


@register.simple_tag
def new_id() -> str:
    """The browser's own id of a press that may come twice."""
    return str(uuid4())


@register.simple_tag(takes_context=True)
def staged(context: Mapping, kind: str) -> list[Offer]:
    """The shortcuts that were taken for the answer (`reply`) or the note, where the composer comes back from the server."""
    draft, ticket, user = context.get("draft"), context["ticket"], context["request"].user
    shortcuts = staged_in(draft, ticket, user, kind=kind) if isinstance(draft, Mapping) else []
    offers = Offers(user)
    return [offer_of(shortcut, ticket, user, offers) for shortcut in shortcuts]
