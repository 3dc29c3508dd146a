"""Short spans for tables that change every few seconds."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def wait(seconds: int | None) -> str:
    """ "45 s", "12 min", "3 h 05 min", "2 d 4 h"; "–" for none."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return _("%(count)s s") % {"count": seconds}
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours < 1:
        return _("%(count)s min") % {"count": minutes}
    if days < 1:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": f"{minutes % 60:02}"}
    return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours % 24}
