"""A bot asks, hears, brings the ticket to where it belongs, and never holds anybody up."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from helpdesk import clock
from helpdesk.desk.lines import Names, line_of
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.attributes.definitions import define_attribute, retire_attribute
from helpdesk.people.duty import note_at_desk
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import assign_ticket, close_ticket, mark_spam
from helpdesk.tickets.marks import mark_ticket
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import reply
from routing.assignment.engine import assign_waiting
from routing.bots.running import hand_over_silent, hear
from routing.bots.saving import delete_bot, switch_bot
from routing.models import BotRun, TriggerRun
from tests.factories import by, customer_writes, make_agent, make_department, make_inbox
from tests.routing.bots.chats import Chat, ask, make_bot, option
from tests.routing.triggers.test_firing import make_trigger, tell_all

pytestmark = pytest.mark.django_db
KIND = ask(
    "What is it about?",
    "choice",
    options=[option("Invoice", tag="invoice"), option("Delivery", priority="4")],
)


def test_it_asks_one_thing_after_the_other_and_hands_over(outbox):
    bot = make_bot(
        ask("Which order is it about?"), KIND, opening={"en": "Hello {{customer.first_name|}}, I am a bot."}
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
    assert Event.objects.get(name=names.BOT_HANDED_OVER).data == {"bot": "Clerk", "reason": "done"}


def test_what_is_written_to_a_bot_that_has_gone_is_for_the_team(outbox):
    chat = Chat(make_bot())
    chat.write("A-100")
    said = len(chat.said)
    chat.write("And one more thing")
    assert (len(chat.said), chat.answers) == (said, [["Which order?", "A-100"]])


def test_a_choice_can_be_said_by_its_number_or_its_words():
    for said, priority in (("2", "URGENT"), (" DELIVERY. ", "URGENT"), ("1", "NORMAL")):
        chat = Chat(make_bot(KIND, name=said))
        chat.write(said)
        assert chat.run.reason == "done"
        assert chat.ticket.priority == Ticket.Priority[priority]


def test_who_is_not_understood_is_asked_once_more_and_then_let_be():
    chat = Chat(make_bot(KIND, ask("Which order?")))
    chat.write("My dog ate it")
    assert chat.said[-1] == "Please choose one of these.\n\nWhat is it about?"
    chat.write("Really")
    assert chat.said[-1] == "Which order?"
    assert chat.answers == []


@pytest.mark.parametrize("words", ["Talk to a person", "talk to a person.", "human", "Operatore!", "人工"])
def test_a_person_is_one_tap_away(words):
    chat = Chat(make_bot(KIND))
    chat.write(words)
    assert chat.said[-1] == "All right, a colleague takes over."
    assert (chat.run.reason, chat.answers) == ("person", [])
    line = line_of(Event.objects.get(name=names.BOT_HANDED_OVER), Names())
    assert line.text == "The bot Clerk handed over to the team: the customer asked for a person"


def test_a_choice_that_is_called_so_is_a_choice():
    chat = Chat(make_bot(ask("To whom?", "choice", options=[option("Agent"), option("Shop")])))
    chat.write("Agent")
    assert (chat.run.reason, chat.answers) == ("done", [["To whom?", "Agent"]])


def test_who_goes_on_by_mail_is_answered_by_people():
    chat = Chat(make_bot(ask("Your address?", "email"), ask("Which order?")))
    chat.write("carla@customer.example")
    said = chat.said
    Message.objects.create(
        ticket=chat.ticket,
        kind="incoming",
        inbox=make_inbox(),
        channel="email",
        author_kind="customer",
        text="A-100",
        created_at=clock.now(),
    )
    hear(chat.ticket.pk)
    assert (chat.run.reason, chat.said) == ("mail", said)


def test_it_speaks_the_customer_s_language_with_its_own_words_as_well():
    bot = make_bot(
        {"texts": {"en": "Which order?", "it": "Quale ordine?"}, "kind": "words", "is_optional": True}
    )
    chat = Chat(bot, language="it")
    assert chat.said == ["Quale ordine?"]
    assert chat.last.choices == ["Salta", "Parla con una persona"]
    chat.write("salta")
    assert (chat.run.reason, chat.answers) == ("done", [])


def test_it_never_asks_for_what_is_known_and_fills_in_only_what_is_not():
    define_attribute(of="person", key="size", name="Size", kind="choice", choices=["Small", "Large"])
    define_attribute(of="person", key="seats", name="Seats", kind="number")
    questions = [
        ask("Your address?", "email"),
        ask("Your size?", "attribute", attribute="size"),
        ask("How many seats?", "attribute", attribute="seats"),
    ]
    chat = Chat(make_bot(*questions))
    chat.write("I have none")
    assert chat.said[-1] == "Write an address, such as carla@example.com.\n\nYour address?"
    chat.write("Sorry, it is <carla@customer.example>.")
    assert chat.last.choices == ["Small", "Large", "Talk to a person"]
    chat.write("large")
    chat.write("1,200")
    contact = Contact.objects.get(pk=chat.ticket.contact_id)
    assert (contact.email, contact.attributes) == ("carla@customer.example", {"size": "Large", "seats": 1200})
    assert not contact.identities.filter(kind="email").exists()  # what they say of themselves is a claim
    close_ticket(chat.ticket, by=by(make_agent()))
    again = Chat(make_bot(*questions, name="Second"), inbox=make_inbox("webchat"), visitor=chat.visitor)
    assert again.said == ["Thank you. A colleague takes it from here."]


def test_the_ticket_comes_to_where_it_belongs_and_only_then_to_an_agent(outbox):
    sam, bea = make_agent("Sam"), make_agent("Bea")
    support = make_department("Support", members=(sam,), assigning="automatic")
    billing = make_department("Billing", members=(bea,), assigning="automatic")
    cache.clear()
    for agent in (sam, bea):
        note_at_desk(agent)
    kinds = [option("Invoice", department=str(billing.pk)), option("Something else")]
    bot = make_bot(ask("What is it about?", "choice", options=kinds))
    chat = Chat(bot, inbox=make_inbox("webchat", department=support))
    assert (assign_waiting(), chat.ticket.assignee) == (0, None)
    chat.write("Invoice")
    assert (chat.ticket.department, chat.ticket.assignee) == (billing, bea)


def test_whoever_takes_or_answers_sends_the_bot_away():
    bea = make_agent("Bea")
    acts = {
        "assigned": lambda ticket: assign_ticket(ticket, to=bea, by=by(bea)),
        "answered": lambda ticket: reply(ticket, "I am Bea.", by=by(bea)),
    }
    for name, act in acts.items():
        chat = Chat(make_bot(name=name))
        act(chat.ticket)
        chat.tell()
        said = chat.said
        chat.write("A-100")
        assert (chat.run.reason, chat.said, chat.answers) == ("taken", said, [])


def test_a_ticket_that_nobody_works_on_any_more_is_not_handed_over():
    for act in (close_ticket, mark_spam):
        chat = Chat(make_bot(name=act.__name__))
        act(chat.ticket, by=by(make_agent(act.__name__)))
        chat.tell()
        assert chat.run.reason == "over"
        assert not Event.objects.filter(name=names.BOT_HANDED_OVER, ticket=chat.ticket).exists()


def test_silence_brings_a_person_too_and_no_further_words(outbox):
    chat = Chat(make_bot(patience_minutes=5))
    said = chat.said
    with clock.frozen_at(clock.now() + timedelta(minutes=4)):
        assert hand_over_silent() == 0
    with clock.frozen_at(clock.now() + timedelta(minutes=6)):
        assert (hand_over_silent(), hand_over_silent()) == (1, 0)
    assert (chat.run.reason, chat.said) == ("silence", said)


def test_what_is_sensitive_is_left_to_people_from_the_start_or_as_soon_as_it_shows():
    chat = Chat(make_bot())
    mark_ticket(chat.ticket, marks=["legal"], by=by(make_agent()))
    chat.write("My lawyer will write to you")
    assert (chat.run.reason, len(chat.said)) == ("care", 1)
    second = make_bot(name="Second")
    make_trigger(("bot", second.pk), on=names.MESSAGE_RECEIVED)
    chat.write("Once more")
    assert "left to people" in TriggerRun.objects.latest("id").steps[0]["error"]


def test_a_message_that_is_told_twice_is_answered_once_and_one_told_late_is_not_lost():
    chat = Chat(make_bot(ask("Which order?"), ask("Which size?")))
    chat.write("A-100")
    hear(chat.ticket.pk)
    hear(chat.ticket.pk)
    assert chat.said == ["Which order?", "Which size?"]
    assert chat.answers == [["Which order?", "A-100"]]


def test_lines_written_before_the_next_question_stood_are_no_answer_to_it():
    chat = Chat(make_bot(ask("Which order?"), ask("Which size?")))
    chat.write("It is", tells=False)
    chat.write("the red one")
    assert chat.answers == [["Which order?", "It is"]]
    assert chat.said[-1] == "Which size?"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: customer_writes(make_inbox()).ticket, "not by mail"),
        (lambda: with_agent(customer_writes(make_inbox("webchat")).ticket), "somebody of the team"),
    ],
)
def test_it_says_in_the_log_why_it_did_not_begin(make, why):
    make_trigger(("bot", make_bot().pk))
    ticket = make()
    tell_all(ticket)
    run = TriggerRun.objects.get()
    assert why in run.steps[0]["error"]
    assert run.outcome == "skipped"
    assert not Message.objects.filter(author_kind="bot").exists() and not BotRun.objects.exists()


def test_one_that_has_asked_here_is_skipped_one_that_is_switched_off_is_a_failure(admin_client):
    bot = make_bot()
    make_trigger(("bot", bot.pk), on=names.MESSAGE_RECEIVED)
    chat = Chat(bot)
    outcomes = TriggerRun.objects.order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["done", "skipped"]
    page = admin_client.get("/settings/triggers/log/?outcome=skipped").content.decode()
    assert "this bot has asked here before" in page and "is-bad" not in page
    switch_bot(bot, is_active=False)
    chat.write("Anybody?")
    assert list(outcomes.all())[2:] == ["failed"]


def with_agent(ticket: Ticket) -> Ticket:
    bea = make_agent("Bea")
    return assign_ticket(ticket, to=bea, by=by(bea))


def test_a_bot_that_is_switched_off_or_deleted_leaves_its_customers_to_the_team():
    bot = make_bot()
    chat = Chat(bot)
    switch_bot(bot, is_active=False)
    assert chat.run.reason == "off"
    other = make_bot(name="Other")
    second = Chat(other, inbox=make_inbox("webchat", name="Other"))
    delete_bot(other)
    assert Event.objects.filter(name=names.BOT_HANDED_OVER, ticket=second.ticket).exists()
    second.write("A-100")
    assert len(second.said) == 1


def test_questions_that_were_taken_away_meanwhile_end_it():
    chat = Chat(make_bot(ask("Which order?"), ask("Which size?")))
    chat.write("A-100")
    make_bot(ask("Which order?"), bot=chat.run.bot)
    chat.write("L")
    assert chat.run.reason == "done"


def test_a_choice_with_two_blanks_in_it_can_be_tapped():
    chat = Chat(make_bot(ask("Who are you?", "choice", options=[option("A  company"), option("A person")])))
    chat.write("A  company")
    assert chat.answers == [["Who are you?", "A  company"]]


def test_what_became_known_or_is_no_longer_kept_while_it_was_asked_is_let_be():
    define_attribute("person", "size", name="Size", kind="text")
    chat = Chat(make_bot(ask("Your size?", "attribute", attribute="size"), ask("Which order?")))
    retire_attribute("person", "size")
    chat.write("XL", tells=False)
    hear(chat.ticket.pk)
    assert chat.said[-1] == "Which order?" and chat.answers == []


def test_a_department_that_was_retired_gets_no_ticket():
    billing = make_department("Billing")
    chat = Chat(make_bot(department=billing))
    type(billing).objects.update(is_active=False)
    chat.write("A-100")
    assert chat.run.reason == "done" and chat.ticket.department is None
