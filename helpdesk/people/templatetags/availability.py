"""How somebody says they are to be reached, as the rail shows it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.people.availability import State, state_at_hand
from helpdesk.people.models import User

register = template.Library()
TONES = {State.BUSY: "bad", State.AWAY: "warn", State.OFFLINE: "off"}


@register.simple_tag
def rail_state(user: User) -> SafeString:
    """A dot with its word; an empty mark while they are online."""
    return draw_state(state_at_hand(user))


def draw_state(state: str, *, is_news: bool = False) -> SafeString:
    """`is_news`: to take the place of the one that is there."""
    swap = SafeString(' hx-swap-oob="true"') if is_news else ""
    if state not in TONES:
        return format_html('<span id="rail-state"{}></span>', swap)
    return format_html(
        '<span id="rail-state" class="rail-state dot dot--{}"{}><span class="visually-hidden">{}</span></span>',
        TONES[state],
        swap,
        State(state).label,
    )
