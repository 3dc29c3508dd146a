"""When a customer can expect an answer, from what really happens now: how long the last first answers took, and when somebody
is there. Never a number that nobody has measured: where too few tell of it, nothing is said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import clock
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.models import Ticket

NEWEST = 20  # so many of the last first answers are looked at ...
ENOUGH = 5  # ... and with fewer nothing is said
REMEMBERED = 60  # seconds for which it is not asked again
LATELY = {Inbox.Kind.WEBCHAT.value: timedelta(hours=24)}  # what is older tells nothing of today; ...
LATELY_ELSEWHERE = timedelta(days=4)  # ... mail lies over a weekend
FEW_MINUTES = 10  # above, minutes are said in fives ...
MOST_MINUTES = 90  # ... and above these it is said in hours


@dataclass(frozen=True)
class Expected:
    """`usual`: seconds until a first answer, 0 where too few tell of it. `opens_at` (aware, in the team's zone): when
    somebody is there again; None where somebody is, or it is not known."""

    usual: int
    opens_at: datetime | None = None


def expected_reply(ticket: Ticket) -> Expected:
    """Of a ticket of this inbox and department, now."""
    hours = import_string(settings.BUSINESS_HOURS)(ticket.department_id)
    now = clock.now()
    opens = hours.next_opening(now) if hours and not hours.is_open(now) else None
    usual = usual_wait(ticket.inbox_id, ticket.department_id, channel=ticket.channel)
    return Expected(usual, opens and opens.astimezone(hours.zone))


def usual_wait(inbox: int, department: int | None, *, channel: str) -> int:
    """The median of the last first answers by this channel in this inbox and department, in seconds inside business hours;
    0 where they are too few to say anything."""
    key = f"wait.{inbox}.{department}.{channel}"
    return cache.get_or_set(key, lambda: median_wait(inbox, department, channel=channel), REMEMBERED)


def median_wait(inbox: int, department: int | None, *, channel: str) -> int:
    since = clock.now() - LATELY.get(channel, LATELY_ELSEWHERE)
    answered = (
        Ticket.objects.real()
        .filter(inbox=inbox, department=department, channel=channel, created_at__gte=since)
        .filter(first_replied_at__isnull=False, queued_at__isnull=False)
        .order_by("-first_replied_at")
        .values_list("queued_at", "first_replied_at")[:NEWEST]
    )
    spans = list(answered)
    if len(spans) < ENOUGH:
        return 0
    hours = import_string(settings.BUSINESS_HOURS)(department)
    return int(
        median(hours.seconds(*span) if hours else (span[1] - span[0]).total_seconds() for span in spans)
    )


def say_expected(ticket: Ticket) -> str:
    """In the customer's language, as a sentence or two for an automatic answer; "" where nothing is known."""
    known = dict(settings.LANGUAGES)
    language = next((code for code in (ticket.language, ticket.contact.language) if code in known), "en")
    expected = expected_reply(ticket)
    with translation.override(language):
        return " ".join(filter(None, (say_opening(expected), say_usual(expected))))


def say_opening(expected: Expected) -> str:
    if expected.opens_at is None:
        return ""
    with timezone.override(expected.opens_at.tzinfo):
        return _("We are back on %(day)s at %(time)s.") % {
            "day": date_format(expected.opens_at, "l"),
            "time": date_format(expected.opens_at, "H:i"),
        }


def say_usual(expected: Expected) -> str:
    if not expected.usual:
        return ""
    return _("A first answer usually takes %(span)s of our working time.") % {
        "span": say_span(expected.usual)
    }


def say_span(seconds: int) -> str:
    """Rounded up, to what somebody would say."""
    minutes = -(-seconds // 60)
    if minutes > MOST_MINUTES:
        hours = -(-minutes // 60)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if minutes > FEW_MINUTES:
        minutes = -(-minutes // 5) * 5
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
