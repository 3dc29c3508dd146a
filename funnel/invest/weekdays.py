"""Stretches of the week in the reader's words."""

from datetime import time

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from funnel.invest.week import Stretch


def say_stretch(stretch: Stretch) -> str:
    """ "Sat 10:00 to 16:00", "Mon–Thu 18:00 to 08:00", "Fri 18:00 to Mon 08:00"."""
    words = {
        "days": say_days(stretch.days),
        "opens": say_hour(stretch.opens),
        "closes": say_hour(stretch.closes),
        "last_day": str(WEEKDAYS_ABBR[stretch.last_day]),
    }
    if stretch.is_over_days:
        return _("%(days)s %(opens)s to %(last_day)s %(closes)s") % words
    return _("%(days)s %(opens)s to %(closes)s") % words


def say_days(days: tuple[int, ...]) -> str:
    names = [str(WEEKDAYS_ABBR[day]) for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s–%(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)


def say_hour(hour: int) -> str:
    """24 is the midnight that ends the day."""
    return _("midnight") if hour == 24 else time_format(time(hour), "H:i")
