"""Until when a ticket may be put aside, by name: the same choices for a button, a key and a macro."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.timezone import get_current_timezone, localtime, make_aware
from django.utils.translation import gettext_lazy as _

from helpdesk import clock

MORNING = time(9)
EVENING = timedelta(hours=3)  # "later today"
UNTIL_REPLY = datetime(9999, 1, 1, tzinfo=UTC)  # no moment: only an answer of the customer brings it back
CHOICES: dict[str, str | Promise] = {
    "later": _("Later today"),
    "tomorrow": _("Tomorrow morning"),
    "monday": _("Next Monday"),
    "reply": _("Until they reply"),
}


def moment_of(choice: str, department_id: int | None = None) -> datetime | None:
    """The moment a choice stands for, in the time zone of whoever asks; None for one that is unknown.

    Where the department (else the workspace) is closed then, it is when that opens next: a ticket that comes back at
    night would only look as if it had waited.
    """
    if choice == "reply":
        return UNTIL_REPLY
    here = localtime(clock.now())
    if choice == "later":
        return when_open(here + EVENING, department_id)
    days = {"tomorrow": 1, "monday": 7 - here.weekday()}.get(choice)
    if days is None:
        return None
    morning = datetime.combine(here.date() + timedelta(days=days), MORNING)
    return when_open(make_aware(morning, get_current_timezone()), department_id)


def when_open(moment: datetime, department_id: int | None) -> datetime:
    """The moment itself inside business hours, else the next opening (settings.BUSINESS_HOURS)."""
    hours = import_string(settings.BUSINESS_HOURS)(department_id)
    return (hours.next_opening(moment) if hours else None) or moment
