"""Chat answers that nobody saw leave by mail: when, to whom, once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache

from helpdesk import clock
from helpdesk.connectors.webchat.parsing import parse_frame
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import DeliveryError
from helpdesk.people.presence import note_presence
from helpdesk.tickets.copies import SETTLES, mail_unread, mail_unread_of
from helpdesk.tickets.delivery import claim, deliver
from helpdesk.tickets.intake import receive
from helpdesk.tickets.models import LoopStop, Message
from helpdesk.tickets.outcomes import note_delivery_state, note_failure
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, make_agent, make_inbox

pytestmark = pytest.mark.django_db
ADDRESS = "mia@customer.example"


@pytest.fixture
def chat():
    cache.clear()
    return make_inbox("webchat", name="Fernweh Supply")


@pytest.fixture
def mail():
    return make_inbox(name="Fernweh help")


def visitor_asks(chat, text="Is the red one in stock?", *, email=ADDRESS, visitor=None, **frame):
    visitor = visitor or uuid4()
    frame = {"uuid": uuid4().hex, "text": text, "email": email, "url": "https://shop.example/boots"} | frame
    ticket = receive(parse_frame(frame, inbox=chat, visitor=visitor, language="en")).ticket
    ticket.visitor = visitor
    return ticket


def answered_ago(ticket, text="Yes, it is.", *, seconds=60, agent=None):
    answer = reply(ticket, text, by=by(agent or make_agent("Dana Popescu")))
    then = clock.now() - timedelta(seconds=seconds)
    Message.objects.filter(pk=answer.pk).update(released_at=then, created_at=then, state="sent")
    answer.refresh_from_db()
    return answer


def copies():
    return list(Message.objects.filter(kind="copy").order_by("pk"))


def test_an_answer_to_a_visitor_who_has_left_is_mailed_at_once(chat, mail):
    ticket = visitor_asks(chat)
    answer = answered_ago(ticket, seconds=25)
    assert mail_unread() == 1
    [copy] = copies()
    answer.refresh_from_db()
    assert (answer.mailed_in, copy.inbox, copy.to) == (copy, mail, [ADDRESS])
    [row] = copy.deliveries.all()
    assert (row.address, row.state) == (ADDRESS, "queued")
    fact = Event.objects.get(name=names.MESSAGE_MAILED)
    assert fact.data == {"message": copy.pk, "messages": [answer.pk]}


def test_a_visitor_who_is_here_is_given_five_minutes_to_look(chat, mail):
    ticket = visitor_asks(chat)
    answer = answered_ago(ticket, seconds=299)
    note_presence(ticket.visitor)
    assert mail_unread() == 0
    Message.objects.filter(pk=answer.pk).update(released_at=clock.now() - timedelta(seconds=301))
    assert mail_unread() == 1


def test_the_inbox_says_after_how_many_minutes_and_may_say_never(chat, mail):
    ticket = visitor_asks(chat)
    answered_ago(ticket, seconds=120)
    note_presence(ticket.visitor)
    chat.options = {"mails_unread_after": 0}
    chat.save()
    assert mail_unread() == 0
    assert mail_unread_of(ticket.pk) is None
    chat.options = {"mails_unread_after": 1}
    chat.save()
    assert mail_unread() == 1


def test_lines_that_an_agent_is_still_writing_go_together(chat, mail):
    ticket, agent = visitor_asks(chat), make_agent()
    first = answered_ago(ticket, "Yes.", seconds=40, agent=agent)
    second = answered_ago(ticket, "It comes tomorrow.", seconds=5, agent=agent)
    assert mail_unread() == 0
    Message.objects.filter(pk=second.pk).update(released_at=clock.now() - SETTLES)
    assert mail_unread() == 1
    [copy] = copies()
    assert list(copy.carried.order_by("pk")) == [first, second]
    assert (copy.author_kind, copy.user, copy.author_name) == ("agent", agent, "Alice")


def test_nothing_is_mailed_twice(chat, mail):
    ticket = visitor_asks(chat)
    answered_ago(ticket)
    mail_unread()
    assert mail_unread() == 0
    later = answered_ago(ticket, "One more thing.")
    assert mail_unread() == 1
    assert [list(copy.carried.all()) for copy in copies()][1] == [later]


def test_what_was_seen_what_a_machine_said_and_what_is_a_note_is_not_mailed(chat, mail):
    ticket = visitor_asks(chat)
    note_delivery_state(answered_ago(ticket), Message.State.READ)
    reply(ticket, "We are on it.", by=SYSTEM)
    add_note(ticket, "Careful.", by=by(make_agent()))
    Message.objects.update(released_at=clock.now() - timedelta(minutes=10))
    assert mail_unread() == 0


def test_without_an_address_or_a_mail_inbox_it_stays_in_the_chat_until_there_is_one(chat):
    ticket = visitor_asks(chat, email="")
    answered_ago(ticket)
    assert mail_unread() == 0
    ticket.contact.email = ADDRESS
    ticket.contact.save()
    assert mail_unread() == 0
    make_inbox()
    assert mail_unread() == 1


def test_the_chat_inbox_names_the_mail_inbox_that_it_goes_on_by(chat, mail):
    other = make_inbox(name="Billing mail")
    chat.options = {"mail_inbox": other.pk}
    chat.save()
    answered_ago(visitor_asks(chat))
    mail_unread()
    other.is_active = False
    other.save()
    answered_ago(visitor_asks(chat, email="leo@customer.example"))
    mail_unread()
    assert [copy.inbox for copy in copies()] == [other, mail]


@pytest.mark.parametrize("address", ["mailer-daemon@customer.example", "no-reply@shop.example"])
def test_no_mail_goes_where_no_person_reads_it(chat, mail, address):
    answered_ago(visitor_asks(chat, email=address))
    assert mail_unread() == 0


def test_no_mail_goes_to_ourselves_to_the_blocked_or_where_a_loop_was_stopped(chat, mail):
    answered_ago(visitor_asks(chat, email=mail.address))
    blocked = visitor_asks(chat, email="bad@customer.example")
    blocked.contact.is_blocked = True
    blocked.contact.save()
    answered_ago(blocked)
    answered_ago(visitor_asks(chat))
    LoopStop.objects.create(inbox=mail, address=ADDRESS, reason="hour", opened_at=clock.now())
    assert mail_unread() == 0


def test_to_one_address_only_so_many_mails_go_within_an_hour(chat, mail, settings):
    settings.CHAT_MAILS_AN_HOUR = 2
    for _ in range(3):
        answered_ago(visitor_asks(chat))
    assert mail_unread() == 2
    Message.objects.filter(kind="copy").update(created_at=clock.now() - timedelta(hours=2))
    assert mail_unread() == 1


def test_visitors_without_an_address_cost_one_query_in_all(chat, mail, django_assert_num_queries):
    for _ in range(5):
        answered_ago(visitor_asks(chat, email=""))
    with django_assert_num_queries(1):
        assert mail_unread() == 0


def test_what_is_older_than_a_day_is_left_alone(chat, mail):
    answered_ago(visitor_asks(chat), seconds=24 * 3600 + 1)
    assert mail_unread() == 0


def test_what_is_read_while_the_mail_waits_is_not_sent(chat, mail):
    ticket = visitor_asks(chat)
    answer = answered_ago(ticket)
    mail_unread()
    [copy] = copies()
    note_failure(claim(copy.pk), DeliveryError("The server is away."))
    Message.objects.filter(pk=copy.pk).update(next_attempt_at=clock.now())
    note_delivery_state(answer, Message.State.READ)
    deliver(copy.pk)
    assert copies() == []
    answer.refresh_from_db()
    assert answer.mailed_in is None
    assert mail_unread() == 0
