"""Where a signal leads: to the screen on which it can be mended, and to what is behind it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from funnel.invest.rules.cover import EVERYBODY, split
from funnel.models import Signal
from funnel.report.asking import CUSTOM
from funnel.tallies.cells import NO_DEPARTMENT


@dataclass(frozen=True)
class Mending:
    """The screen on which something can be done about it."""

    label: str
    url: str
    is_for_admins: bool = False


def mend_topic(signal: Signal) -> Mending:
    url = f"{reverse('knowledge_settings:new')}?{urlencode({'title': signal.figures.get('topic', '')})}"
    return Mending(_("Write the article"), url)


def mend_article(signal: Signal) -> Mending:
    return Mending(_("Open the article"), reverse("knowledge_settings:article", args=[int(signal.subject)]))


def mend_hours(signal: Signal) -> Mending:
    department = split(signal.subject)[0]
    if department == EVERYBODY:
        return Mending(_("Open the business hours"), reverse("routing:hours"), is_for_admins=True)
    return Mending(
        _("Open the department"), reverse("routing:department", args=[int(department)]), is_for_admins=True
    )


def mend_department(signal: Signal) -> Mending:
    if signal.subject == NO_DEPARTMENT:
        return Mending(_("Open the departments"), reverse("routing:departments"), is_for_admins=True)
    url = reverse("routing:department", args=[int(signal.subject)])
    return Mending(_("Open the department"), url, is_for_admins=True)


def mend_layer(signal: Signal) -> Mending:
    return Mending(_("Open the articles"), reverse("knowledge_settings:articles"))


def sessions_behind(told: Signal, **narrowed: str) -> str:
    return f"{reverse('funnel:sessions')}?{urlencode(days_of(told.figures) | narrowed)}"


def conversations_behind(told: Signal, **narrowed: str) -> str:
    return f"{reverse('funnel:conversations')}?{urlencode(days_of(told.figures) | narrowed)}"


def days_of(figures: dict[str, Any]) -> dict[str, str]:
    return {"period": CUSTOM, "since": figures["since"], "until": figures["until"]}


def tickets_behind(signal: Signal) -> str:
    """The tickets it was found in; "" where there are none, as with what was only searched for."""
    return conversations_behind(signal, signal=str(signal.pk)) if signal.figures.get("tickets") else ""
