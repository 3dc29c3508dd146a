from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import BOT, SYSTEM
from helpdesk.events.ledger import record
from helpdesk.events.models import Event
from helpdesk.people.models import User, Workspace
from helpdesk.tickets import actions, silence
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Survey, Ticket
from helpdesk.tickets.tasks import close_silent
from helpdesk.tickets.writing import reply
from tests.factories import by, inbound, make_agent

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 16, tzinfo=UTC)


def after(**time: float) -> AbstractContextManager:
    """With the clock so long after the bot's answer."""
    return clock.frozen_at(START + timedelta(**time))


def bot_answers(ticket: Ticket) -> Event:
    return record(names.BOT_ANSWERED, by=BOT, ticket=ticket)


@pytest.fixture
def asked(chat) -> Ticket:
    """A question to the bot, answered a minute later, at START."""
    with after(minutes=-1):
        ticket = receive(inbound(chat, "Where is my parcel?", is_for_bot=True)).ticket
    with after():
        bot_answers(ticket)
    return ticket


def status_after(ticket: Ticket, **time: float) -> str:
    with after(**time):
        close_silent()
    ticket.refresh_from_db()
    return ticket.status


def test_silence_of_four_hours_after_its_answer_is_closed_by_the_bot(asked, names_of):
    assert status_after(asked, hours=3, minutes=59, seconds=59) == "new"
    assert status_after(asked, hours=4) == "closed"
    assert names_of(asked)[-2:] == ["ticket.closed", "bot.closed"]
    closed, said = list(Event.objects.filter(ticket=asked).order_by("id"))[-2:]
    assert (closed.actor_kind, closed.value) == ("bot", 4 * 3600 + 60)
    assert (said.occurred_at, said.data) == (START + timedelta(hours=4), {"reason": "silence"})


def test_a_second_sweep_and_a_second_close_change_nothing(asked, names_of):
    status_after(asked, hours=4)
    before = names_of(asked)
    status_after(asked, hours=5)
    actions.close_by_bot(asked, reason="silence")
    assert names_of(asked) == before


def test_the_bot_asks_nobody_how_the_team_was(asked):
    status_after(asked, hours=4)
    assert not Survey.objects.exists()


# What takes a conversation out of the bot's hands, given the ticket and a teammate.
HANDS: dict[str, Callable[[Ticket, User], object]] = {
    "the customer asked on": lambda ticket, alice: ask_on(ticket),
    "the customer asked the bot": lambda ticket, alice: record(names.BOT_ASKED, by=SYSTEM, ticket=ticket),
    "the bot handed over": lambda ticket, alice: record(names.BOT_HANDED_OVER, by=BOT, ticket=ticket),
    "it waits for the team": lambda ticket, alice: actions.queue_ticket(ticket, by=BOT),
    "a teammate answered": lambda ticket, alice: reply(ticket, "Let me look.", by=by(alice)),
    "a teammate took it": lambda ticket, alice: actions.assign_ticket(ticket, to=alice, by=by(alice)),
    "it is spam": lambda ticket, alice: actions.mark_spam(ticket, by=by(alice)),
}


def ask_on(ticket: Ticket, **fields: object) -> None:
    receive(inbound(ticket.inbox, "And the other one?", is_for_bot=True, ticket_id=ticket.pk, **fields))


@pytest.mark.parametrize("happening", HANDS)
def test_what_is_in_other_hands_is_not_the_bots_to_close(happening, asked, outbox):
    with after(hours=1):
        HANDS[happening](asked, make_agent("Alice"))
    assert status_after(asked, hours=30) != "closed"


def test_the_hours_begin_anew_with_each_answer(asked):
    with after(hours=3):
        ask_on(asked)
        bot_answers(asked)
    assert status_after(asked, hours=6, minutes=59) == "new"
    assert status_after(asked, hours=7) == "closed"


def test_a_question_of_the_same_second_after_the_answer_is_a_question(asked):
    with after():
        ask_on(asked)
    assert status_after(asked, hours=30) == "new"


def test_a_machines_mail_is_no_word_from_the_customer(asked):
    with after(hours=1):
        ask_on(asked, is_automatic=True)
    assert status_after(asked, hours=4) == "closed"


def test_what_a_teammate_opens_again_stays_open(asked):
    status_after(asked, hours=4)
    with after(hours=5):
        actions.reopen_ticket(asked, by=by(make_agent("Alice")))
    assert status_after(asked, hours=30) == "open"


def test_an_answer_of_long_ago_is_left_to_the_team(asked):
    assert status_after(asked, days=3, hours=4) == "new"


def test_the_hours_are_a_setting_from_1_to_72(asked):
    workspace = Workspace.get()
    for hours in (0, 73):
        workspace.bot_silence_hours = hours
        with pytest.raises(ValidationError, match="bot_silence_hours"):
            workspace.full_clean()
    workspace.bot_silence_hours = 1
    workspace.full_clean()
    workspace.save()
    assert status_after(asked, hours=1) == "closed"


@pytest.mark.django_db(transaction=True)
def test_a_ticket_somebody_is_working_on_is_left_to_the_next_sweep(asked):
    def sweep() -> None:
        with after(hours=4):
            swept.append(silence.close_silent())
        connection.close()

    swept: list[int] = []
    with transaction.atomic():
        Ticket.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        other = Thread(target=sweep)
        other.start()
        other.join(20)
    assert swept == [0]
    assert status_after(asked, hours=4) == "closed"
