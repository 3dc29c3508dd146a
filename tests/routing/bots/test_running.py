"""A bot asks, hears, brings the ticket to where it belongs, and never holds anybody up."""

import pytest

from tests.routing.bots.chats import Chat, ask, make_bot, option

pytestmark = pytest.mark.django_db


def test_it_asks_one_thing_after_the_other_and_hands_over(outbox):
    bot = make_bot(
        ask("Which order is it about?"),
        ask("What is it about?", "choice", options=[option("Invoice", tag="invoice"), option("Delivery")]),
        opening={"en": "Hello {{customer.first_name|}}, I am a bot."},
    )
    chat = Chat(bot)
    assert chat.said == ["Hello Carla, I am a bot.\n\nWhich order is it about?"]
    assert chat.last.choices == ["Talk to a person"]
    chat.write("A-100")
    assert chat.said[-1] == "What is it about?"
    assert chat.last.choices == ["Invoice", "Delivery", "Talk to a person"]
    chat.write("invoice")
    assert chat.answers == [["Which order is it about?", "A-100"], ["What is it about?", "Invoice"]]
    assert chat.ticket.tags == ["invoice"]
    assert chat.said[-1] == "Thank you. A colleague takes it from here."
    assert (chat.run.reason, chat.run.ended_at is None) == ("done", False)
