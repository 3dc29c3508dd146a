"""A message as its editor shows it, and back, read from what the form sent."""

from datetime import datetime

from django.conf import settings
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, localtime, make_aware
from django.utils.translation import ngettext

from helpdesk.conditions import read_group
from helpdesk.inboxes.models import Inbox
from helpdesk.people.models import User
from helpdesk.proactive.models import ProactiveMessage
from helpdesk.tickets.text import clean_text

GOAL_HOURS = (1, 24, 72, 168, 720)
CUT = 2_000  # characters of what a form sends; what is too long by less is refused with its reason


def read_draft(post: QueryDict, message: ProactiveMessage) -> ProactiveMessage:
    """Put what the editor sent into the message, unsaved and unchecked."""
    message.name = words(post, "name")
    message.text = words(post, "text")
    message.texts = {
        code: text for code, _label in settings.LANGUAGES if (text := words(post, f"text_{code}"))
    }
    message.inbox_id = number(post.get("inbox", ""))
    sender = User.objects.agents().filter(pk=number(post.get("sender", "")) or 0)
    message.sender = sender.first()
    message.is_for_hours = "is_for_hours" in post
    message.goal_kind, message.goal = post.get("goal_kind", ""), words(post, "goal")
    message.goal_hours = number(post.get("goal_hours", "")) or GOAL_HOURS[1]
    message.starts_at, message.ends_at = moment(post, "starts_at"), moment(post, "ends_at")
    message.conditions = read_group(post)
    return message


def words(post: QueryDict, name: str) -> str:
    return clean_text(post.get(name, "")[:CUT]).strip()


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def moment(post: QueryDict, name: str) -> datetime | None:
    """A moment by the reader's own clock, as a browser sends it; None for none."""
    try:
        told = parse_datetime(post.get(name, "").strip())
    except ValueError:
        return None
    return make_aware(told) if told and is_naive(told) else told


def as_typed(moment: datetime | None) -> str:
    """As a field for date and time wants it."""
    return localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""


def hour_choices(message: ProactiveMessage) -> list[tuple[int, str]]:
    """(hours, words) within which a goal may be reached."""
    choices = sorted({*GOAL_HOURS, message.goal_hours})
    return [(hours, words_for(hours)) for hours in choices]


def words_for(hours: int) -> str:
    if hours % 24:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


def text_lines(message: ProactiveMessage, faults: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """(code, language, text, fault) of the text in each language."""
    return [
        (code, label, message.texts.get(code, ""), faults.get(f"text.{code}", ""))
        for code, label in settings.LANGUAGES
    ]


def chat_inboxes() -> list[Inbox]:
    return list(Inbox.objects.filter(kind=Inbox.Kind.WEBCHAT, is_active=True).order_by("name"))
