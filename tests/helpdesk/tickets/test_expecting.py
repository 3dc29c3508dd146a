"""What a customer is told of when to expect an answer."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import clock
from helpdesk.tickets.expecting import expected_reply, say_expected, say_span
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.shortcuts.placeholders import fill_in_alone
from routing.models import BusinessHours
from tests.factories import make_inbox, make_ticket

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 23, 12, tzinfo=UTC)  # 13:00 in Rome
OFFICE = [[day, "09:00", "18:00"] for day in range(5)]


@pytest.fixture
def inbox(workspace_hours):
    """In the last days five mails were answered, the middle one after 40 minutes."""
    inbox = make_inbox()
    for number, minutes in enumerate((5, 200, 40, 30, 90)):
        with clock.frozen_at(MONDAY - timedelta(hours=4)):
            ticket = make_ticket(inbox, email=f"c{number}@customer.example")
        Ticket.objects.filter(pk=ticket.pk).update(
            first_replied_at=ticket.queued_at + timedelta(minutes=minutes)
        )
    return inbox


@pytest.fixture
def workspace_hours():
    return BusinessHours.objects.create(
        name="Office", time_zone="Europe/Rome", weekly=OFFICE, is_default=True
    )


def test_in_hours_it_is_what_the_last_first_answers_took(inbox):
    with clock.frozen_at(MONDAY):
        ticket = make_ticket(inbox)
        assert (expected_reply(ticket).usual, expected_reply(ticket).opens_at) == (2400, None)
        assert say_expected(ticket) == "A first answer usually takes 40 minutes of our working time."


def test_a_call_that_was_written_down_in_a_mail_inbox_has_a_time_of_its_own(inbox):
    with clock.frozen_at(MONDAY):
        call = make_ticket(inbox)
        call.channel = "phone"
        assert expected_reply(call).usual == 0
        assert expected_reply(make_ticket(inbox)).usual == 2400


def test_out_of_hours_it_is_when_we_are_back_and_what_it_takes_then(inbox):
    with clock.frozen_at(MONDAY + timedelta(hours=8)):
        ticket = make_ticket(inbox)
        said = fill_in_alone("Thank you. {{ticket.expected_reply|}}", ticket, None)
    assert said.startswith("Thank you. We are back on Tuesday at 09:00. A first answer usually takes")


def test_nothing_is_promised_where_too_few_answers_tell_of_it(workspace_hours):
    with clock.frozen_at(MONDAY):
        ticket = make_ticket()
        assert say_expected(ticket) == ""
        assert fill_in_alone("Thank you. {{ticket.expected_reply|}}", ticket, None).strip() == "Thank you."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "1 minute"), (61, "2 minutes"), (700, "15 minutes"), (5400, "90 minutes"), (5460, "2 hours")],
)
def test_a_span_is_said_as_people_say_it(seconds, words):
    assert say_span(seconds) == words
