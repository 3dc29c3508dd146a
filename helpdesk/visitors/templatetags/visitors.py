"""Small things the table of visitors prints."""

from django import template
from django.utils.translation import gettext as _

from helpdesk.visitors.rows import State

register = template.Library()
ICONS = {
    State.WAITING: "clock",
    State.CHATTING: "message-circle",
    State.BROWSING: "eye",
    State.IDLE: "circle-pause",
}
TONES = {State.WAITING: "is-warn", State.CHATTING: "is-accent"}


@register.filter
def state_icon(state: State) -> str:
    return ICONS[state]


@register.filter
def state_tone(state: State) -> str:
    return TONES.get(state, "")


@register.filter
def as_time(minutes: int) -> str:
    """ "12 min", "2 h 05 min"."""
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": f"{minutes % 60:02}"}
