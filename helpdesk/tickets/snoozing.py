"""Until when a ticket may be put aside, by name: the same choices for a button, a key and a macro."""

from datetime import datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone, localtime, make_aware
from django.utils.translation import gettext_lazy as _

from helpdesk import clock

MORNING = time(9)
EVENING = timedelta(hours=3)  # "later today"
CHOICES: dict[str, str | Promise] = {
    "later": _("Later today"),
    "tomorrow": _("Tomorrow morning"),
    "monday": _("Next Monday"),
}


def moment_of(choice: str) -> datetime | None:
    """The moment a choice stands for, in the time zone of whoever asks; None for one that is unknown."""
    here = localtime(clock.now())
    if choice == "later":
        return here + EVENING
    days = {"tomorrow": 1, "monday": 7 - here.weekday()}.get(choice)
    if days is None:
        return None
    return make_aware(datetime.combine(here.date() + timedelta(days=days), MORNING), get_current_timezone())
