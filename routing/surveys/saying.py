"""A policy as a sentence, for its list."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.inboxes.models import Inbox
from routing.models import SurveyPolicy
from routing.surveys.forms import UNITS, in_units


def sentence_of(policy: SurveyPolicy) -> str:
    """ "Support · Email: 2 hours after closing, half of them, with a thumb." """
    return f"{where(policy)}: {how(policy)}."


def where(policy: SurveyPolicy) -> str:
    departments = ", ".join(str(each) for each in policy.departments.all()) or _("all departments")
    channels = ", ".join(str(Inbox.Kind(each).label) for each in policy.channels) or _("all channels")
    return f"{departments} · {channels}"


def how(policy: SurveyPolicy) -> str:
    if not policy.asks:
        return _("nobody is asked")
    said = [when(policy.wait_minutes), str(policy.get_style_display()).lower()]
    if policy.sample_percent < 100:
        said.append(_("%(percent)s %% of the tickets") % {"percent": policy.sample_percent})
    if policy.rest_days:
        days = ngettext(
            "each customer once in %(days)s day", "each customer once in %(days)s days", policy.rest_days
        )
        said.append(days % {"days": policy.rest_days})
    return ", ".join(said)


def when(minutes: int) -> str:
    if not minutes:
        return _("as soon as the ticket is closed")
    number, unit = in_units(minutes)
    return _("%(number)s %(unit)s after closing") % {"number": number, "unit": dict(UNITS)[unit]}
