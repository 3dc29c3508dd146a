"""What the templates of the bell print."""

from django import template

from helpdesk.notices.models import Notice
from helpdesk.notices.reading import MANY, unread_count
from helpdesk.people.models import User

register = template.Library()
Kind = Notice.Kind
ICONS = {
    Kind.DELIVERY_FAILED: "circle-alert",
    Kind.INBOX_FAILING: "wifi-off",
    Kind.INBOX_RECOVERED: "wifi",
    Kind.MAIL_MISSING: "mails",
    Kind.UNREADABLE: "file-text",
    Kind.LOOP_STOPPED: "circle-pause",
    Kind.HANDED_OVER: "arrow-right",
}


@register.simple_tag
def unread_notices(user: User) -> str:
    """How many are unread, as the bell shows it: "" for none, "99+" for very many."""
    count = unread_count(user)
    return f"{MANY}+" if count > MANY else str(count or "")


@register.filter
def notice_icon(notice: Notice) -> str:
    return ICONS.get(notice.kind, "bell")
