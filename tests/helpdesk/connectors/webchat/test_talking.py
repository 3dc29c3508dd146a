"""The short ways of an open socket: the same answers as the long ones, with fewer questions."""

from uuid import uuid4

import pytest

from helpdesk.connectors.webchat import conversation, talking
from helpdesk.connectors.webchat.asking import WrongAnswers
from helpdesk.connectors.webchat.visits import Visit
from helpdesk.errors import NotThere
from helpdesk.inboxes.models import Inbox
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, make_agent, make_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(widget):
    return Visit(widget, uuid4(), "en")


def frame(text="Hello", **more):
    return {"uuid": str(uuid4()), "text": text} | more


def write(visit, text="Hello", **more):
    return conversation.take_message(visit, frame(text, **more))


def test_a_hello_that_missed_nothing_asks_once(visit, django_assert_num_queries):
    write(visit, name="Carla")
    newest = conversation.newest_event(visit)
    with django_assert_num_queries(1):
        begun = talking.begin(visit, newest)
    assert begun.changes == {"event": newest, "messages": []}
    assert (begun.ticket_id, begun.name) == (Ticket.objects.get().pk, "Carla")


def test_a_stranger_s_hello_asks_once_and_finds_nothing(visit, django_assert_num_queries):
    with django_assert_num_queries(1):
        begun = talking.begin(visit, 0)
    assert (begun.changes, begun.ticket_id, begun.name) == ({"event": 0, "messages": []}, None, "")


def test_a_hello_gets_what_it_missed_in_any_of_its_conversations(visit):
    first = write(visit).ticket
    seen = conversation.newest_event(visit)
    reply(first, "Here you are.", by=by(make_agent()))
    assert talking.begin(visit, seen).changes == conversation.changes_after(visit, seen)
    assert "Here you are." in str(talking.begin(visit, seen).changes)


def test_a_note_is_nothing_that_a_hello_could_have_missed(visit, django_assert_num_queries):
    ticket = write(visit).ticket
    seen = conversation.newest_event(visit)
    add_note(ticket, "A difficult customer", by=by(make_agent()))
    with django_assert_num_queries(1):
        assert talking.begin(visit, seen).changes["messages"] == []


def test_another_widget_s_conversation_is_not_begun_with(visit):
    write(visit)
    elsewhere = Visit(make_inbox("webchat"), visit.visitor, "en")
    assert talking.begin(elsewhere, 0).ticket_id is None


def test_the_second_line_is_one_statement_and_counts_as_the_first_did(visit, django_assert_max_num_queries):
    first = write(visit)
    with django_assert_max_num_queries(1):
        stored = talking.take_line(visit, frame("Another thing"), True)
    assert stored.ticket_id == first.ticket.pk
    assert Message.objects.get(pk=stored.message_id).text == "Another thing"


def test_a_line_that_is_not_that_plain_goes_the_long_way(visit):
    write(visit)
    Ticket.objects.update(status=Ticket.Status.PENDING)
    stored = talking.take_line(visit, frame("Still there?"), True)
    assert Ticket.objects.get(pk=stored.ticket_id).status == Ticket.Status.OPEN


def test_sent_again_it_is_confirmed_with_the_same_message(visit):
    write(visit)
    again = frame("Another thing")
    once, twice = (talking.take_line(visit, again, True) for _ in range(2))
    assert once == twice
    assert Message.objects.count() == 2


def test_a_line_just_stored_is_drawn_as_it_will_be_read_later(visit, django_assert_num_queries):
    write(visit)
    stored = talking.take_line(visit, frame("See https://shop.example/boots"), True)
    event = conversation.newest_event(visit)
    with django_assert_num_queries(0):
        drawn = talking.change_at_hand(visit, {"event": event, "message": stored.message_id})
    assert drawn == conversation.change(visit, event)


def test_an_answer_is_read_and_drawn_in_two_questions(visit, django_assert_num_queries):
    message = reply(write(visit).ticket, "Here you are.", by=by(make_agent()))
    event = conversation.newest_event(visit)
    assert talking.change_at_hand(visit, {"event": event, "message": message.pk}) is None
    with django_assert_num_queries(2):
        drawn = talking.change(visit, {"event": event, "message": message.pk})
    assert drawn == conversation.change(visit, event)


def test_a_note_is_not_shown_whatever_the_news_say(visit):
    note = add_note(write(visit).ticket, "A difficult customer", by=by(make_agent()))
    assert talking.change(visit, {"event": conversation.newest_event(visit), "message": note.pk}) == []


def test_news_of_another_inbox_show_nothing(visit):
    write(visit)
    stored = talking.take_line(visit, frame(), True)
    elsewhere = Visit(make_inbox("webchat"), visit.visitor, "en")
    news = {"event": conversation.newest_event(visit), "message": stored.message_id}
    assert talking.change_at_hand(elsewhere, news) is None
    assert talking.change(elsewhere, news) == []


def test_a_widget_known_from_a_moment_ago_is_not_read_again(widget, django_assert_num_queries):
    talking.known_widget(widget.key)
    with django_assert_num_queries(0):
        assert talking.known_widget(widget.key) == widget


def test_a_form_that_was_switched_on_since_the_hello_is_asked(visit):
    form = [{"key": "order", "label": "Order number", "is_required": True}]
    Inbox.objects.update(options={"asks_before": "always", "form": form})
    with pytest.raises(WrongAnswers):
        talking.take_line(visit, frame(), False)


def test_a_chat_goes_on_whose_widget_was_switched_off_meanwhile(visit):
    Inbox.objects.update(is_active=False)
    assert talking.take_line(visit, frame(), False).message_id == Message.objects.get().pk


def test_an_unknown_widget_is_no_widget(db):
    with pytest.raises(NotThere):
        talking.known_widget("nowhere")
    assert "nowhere" not in talking.widgets


def test_receive_knows_a_line_that_went_the_short_way(visit):
    write(visit)
    sent = frame("Another thing")
    stored = talking.take_line(visit, sent, True)
    inbound = conversation.parse_frame(sent, inbox=visit.inbox, visitor=visit.visitor, language="en")
    receipt = receive(inbound, client_uuid=conversation.uuid_of(sent))
    assert (receipt.outcome, receipt.message.pk) == ("duplicate", stored.message_id)
