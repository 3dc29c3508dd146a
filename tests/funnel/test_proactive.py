"""The report reads what the widget's own messages leave in the ledger, without being told anything else."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from funnel.report.counting import gather
from funnel.report.figures import make_figures
from funnel.report.period import Period
from funnel.sessions.reading import read_history
from funnel.tallies.refresh import refresh
from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.proactive.answers import on_event
from helpdesk.proactive.models import ProactiveMessage
from helpdesk.proactive.saving import save_message
from helpdesk.proactive.showing import open_message, show_message
from tests.factories import customer_writes, make_inbox
from tests.funnel.stored import figures_stored
from tests.helpdesk.proactive.conftest import visitor_here

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 12, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_sent_opened_and_the_session_that_came_of_it_stand_in_the_report():
    cache.clear()
    chat = make_inbox("webchat")
    with clock.frozen_at(START):
        message = save_message(ProactiveMessage(name="Stuck", inbox=chat, text="May we help?"))
        visitors = [visitor_here() for _ in range(3)]
        for here in visitors:
            show_message(message.pk, inbox=chat, here=here, language="en")
    with clock.frozen_at(START + MINUTE):
        for here in visitors[:2]:
            open_message(message.pk, inbox=chat, visitor=UUID(here.visitor))
    with clock.frozen_at(START + 2 * MINUTE):
        customer_writes(chat, sender=Sender("visitor", str(UUID(visitors[0].visitor))))
        on_event(Event.objects.get(name=names.MESSAGE_RECEIVED))
    with clock.frozen_at(START + 3 * MINUTE):
        customer_writes(chat, sender=Sender("visitor", str(UUID(visitors[2].visitor))))

    now = START + timedelta(days=3)
    refresh(now, wait=True)
    period = Period(date(2026, 1, 12), date(2026, 1, 12), ZoneInfo("UTC"))
    stored = figures_stored(period, now=now)
    live = make_figures(gather(read_history(now=now), period, now=now), period, now=now)
    for figures in (stored, live):
        assert (figures["proactive_sent"], figures["proactive_opened"]) == (3, 2)
        assert sources(figures) == {"after_proactive": 1, "on_their_own": 1}


def sources(figures: dict) -> dict[str, int]:
    found: dict[str, int] = {}
    for left, _right, count in figures["links"]:
        if left in ("after_proactive", "on_their_own"):
            found[left] = found.get(left, 0) + count
    return found
