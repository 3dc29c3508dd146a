"""What the templates of the bell print."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.notices.models import Notice
from helpdesk.notices.reading import MANY, unread_count
from helpdesk.people.models import User

register = template.Library()
Kind = Notice.Kind
ICONS = {
    Kind.ASSIGNED: "user-check",
    Kind.MENTIONED: "at-sign",
    Kind.CUSTOMER_WROTE: "message-circle",
    Kind.NOTED: "lock",
    Kind.WOKEN: "alarm-clock",
    Kind.NEW_TICKET: "inbox",
    Kind.DELIVERY_FAILED: "circle-alert",
    Kind.INBOX_FAILING: "wifi-off",
    Kind.INBOX_RECOVERED: "wifi",
    Kind.MAIL_MISSING: "mails",
    Kind.UNREADABLE: "file-text",
    Kind.LOOP_STOPPED: "circle-pause",
    Kind.HANDED_OVER: "arrow-right",
    Kind.RULE: "zap",
    Kind.BAD_RATING: "frown",
    Kind.AUTOMATION: "zap",
    Kind.ALERT: "gauge",
}


@register.simple_tag
def unread_notices(user: User) -> str:
    """How many are unread, as the bell shows it: "" for none, "99+" for very many."""
    count = unread_count(user)
    return f"{MANY}+" if count > MANY else str(count or "")


@register.simple_tag
def notice_ways(notice: Notice) -> str:
    """By which ways it went, in words."""
    mailed = {
        Notice.MailState.QUEUED: _("by mail, still to come"),
        Notice.MailState.SENT: pgettext("notice", "by mail"),
        Notice.MailState.FAILED: _("by mail, which failed"),
    }
    ways = [
        _("under the bell") if notice.in_page else "",
        _("by the browser") if notice.in_browser else "",
        mailed.get(notice.mail_state, ""),
    ]
    return ", ".join(filter(None, ways)) or _("nowhere else")


@register.filter
def notice_icon(notice: Notice) -> str:
    return ICONS.get(notice.kind, "bell")
