"""Until when a ticket is put aside: in the agent's own time, and not into the night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from helpdesk import clock
from helpdesk.events.actor import SYSTEM
from helpdesk.tickets.actions import snooze_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.snoozing import UNTIL_REPLY, moment_of
from helpdesk.tickets.tasks import wake_due
from routing.models import BusinessHours
from tests.factories import customer_writes, make_department, make_ticket

pytestmark = pytest.mark.django_db
ROME = ZoneInfo("Europe/Rome")
FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=ROME)
OFFICE = [[day, "10:00", "18:00"] for day in range(5)]  # Monday to Friday


@pytest.fixture
def in_rome():
    with timezone.override(ROME), clock.frozen_at(FRIDAY):
        yield


@pytest.fixture
def hours():
    return BusinessHours.objects.create(
        name="Office", time_zone="Europe/Rome", weekly=OFFICE, is_default=True
    )


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ROME)


@pytest.mark.parametrize(
    ("choice", "moment"), [("later", at(20, 19, 30)), ("tomorrow", at(21, 9)), ("monday", at(23, 9))]
)
def test_without_business_hours_a_choice_is_what_it_says(in_rome, choice, moment):
    assert moment_of(choice) == moment


@pytest.mark.parametrize(
    ("choice", "moment"), [("later", at(23, 10)), ("tomorrow", at(23, 10)), ("monday", at(23, 10))]
)
def test_where_nobody_would_be_there_it_is_the_next_opening(in_rome, hours, choice, moment):
    assert moment_of(choice) == moment


def test_it_is_the_department_s_own_hours_that_count(in_rome, hours):
    night = BusinessHours.objects.create(
        name="Night", time_zone="Europe/Rome", weekly=[[4, "18:00", "24:00"]]
    )
    assert moment_of("later", make_department("Night", hours=night).pk) == at(20, 19, 30)


def test_until_they_reply_no_clock_wakes_it_but_their_answer_does(in_rome):
    ticket = make_ticket()
    snooze_ticket(ticket, until=moment_of("reply"), by=SYSTEM)
    with clock.frozen_at(FRIDAY + timedelta(days=365)):
        wake_due()
    assert Ticket.objects.snoozed().get().snoozed_until == UNTIL_REPLY
    customer_writes(ticket.inbox, "Here it is", replies_to=[ticket.messages.get().external_id])
    assert Ticket.objects.awake().get() == ticket
