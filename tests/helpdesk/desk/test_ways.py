"""The composer of a chat: how the answer will go, and the choice between chat and mail."""

import re
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse

from helpdesk.inboxes.contract import Sender
from helpdesk.people.contacts import find_or_create_contact
from helpdesk.people.presence import note_presence
from helpdesk.tickets.models import Ticket
from tests.factories import customer_writes, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
MIA = "mia@customer.example"


@pytest.fixture
def chat(db):
    cache.clear()
    return make_inbox("webchat", name="Fernweh Supply")


@pytest.fixture
def mail(db):
    return make_inbox(name="Fernweh mail")


def visitor_asks(chat, email=MIA, *, is_here=False):
    visitor = uuid4()
    ticket = make_ticket(chat, sender=Sender("visitor", str(visitor), name="Mia", email=email))
    if is_here:
        note_presence(visitor)
    return ticket


def page_of(desk, ticket):
    return desk.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()


def chosen_way(page):
    return re.search(r'id="way-(\w+)" checked', page)[1]


def write(desk, ticket, **fields):
    path = reverse("desk:write", args=[ticket.pk])
    return desk.post(path, {"text": "It is.", "client_uuid": str(uuid4())} | fields)


def test_a_customer_who_is_here_is_answered_in_the_chat_and_by_mail_if_they_do_not_look(desk, chat, mail):
    page = page_of(desk, visitor_asks(chat, is_here=True))
    assert "here now; by mail to mia@customer.example if unread" in page
    assert chosen_way(page) == "webchat"


def test_one_who_has_left_is_answered_by_mail(desk, chat, mail):
    page = page_of(desk, visitor_asks(chat))
    assert "has left; to mia@customer.example" in page
    assert chosen_way(page) == "email"


def test_without_an_address_or_a_mail_inbox_there_is_nothing_to_choose_and_it_says_so(desk, chat):
    assert "there is no mail inbox to go on by" in page_of(desk, visitor_asks(chat))
    make_inbox()
    page = page_of(desk, visitor_asks(chat, email=""))
    assert "has left without an address" in page
    assert 'name="way"' not in page


def test_one_who_answered_by_mail_is_answered_by_mail_even_while_they_are_here(desk, chat, mail):
    ticket = visitor_asks(chat)
    visitor = ticket.contact.identities.get(kind="visitor").value
    customer_writes(mail, "I am at home now.", email=MIA, ticket_id=ticket.pk)
    note_presence(UUID(visitor))
    page = page_of(desk, ticket)
    assert chosen_way(page) == "email"
    assert "to mia@customer.example, and in the chat" in page


def test_the_words_follow_the_customer_while_the_agent_writes(desk, chat, mail):
    ticket = visitor_asks(chat)
    words = reverse("desk:ways", args=[ticket.pk])
    assert "has left" in desk.get(words).content.decode()
    note_presence(UUID(ticket.contact.identities.get(kind="visitor").value))
    assert "here now" in desk.get(words).content.decode()


def test_the_words_never_take_the_composers_place(desk, chat, mail):
    page = page_of(desk, visitor_asks(chat))
    asks_again = re.search(r"<span[^>]*hx-trigger=\"every 20s\"[^>]*>", page)[0]
    assert 'hx-target="this"' in asks_again  # the form around it has others
    assert 'hx-disabled-elt="unset"' in asks_again


def test_the_chosen_way_is_the_way_it_goes(desk, chat, mail, outbox):
    ticket = visitor_asks(chat)
    write(desk, ticket, way=chat.pk, known=MIA, to=MIA)
    write(desk, ticket, way=mail.pk, known=MIA, to=MIA)
    first, second = ticket.messages.filter(kind="outgoing").order_by("pk")
    assert (first.inbox, first.to) == (chat, [])
    assert (second.inbox, second.to) == (mail, [MIA])
    assert (first.released_at is None, second.released_at is None) == (
        False,
        True,
    )  # a mail can be taken back


def test_only_an_inbox_that_reaches_this_customer_can_be_chosen(desk, chat, mail):
    ticket, other = visitor_asks(chat), make_inbox()
    for way in (other.pk, make_inbox("webchat").pk, 10**9, "x"):
        assert write(desk, ticket, way=way).status_code == 422
    nameless = visitor_asks(chat, email="")
    assert write(desk, nameless, way=mail.pk).status_code == 422
    assert not Ticket.objects.filter(messages__kind="outgoing").exists()


def test_what_began_by_mail_can_not_go_on_in_the_chat(desk, chat, mail):
    ticket = make_ticket(mail)
    page = page_of(desk, ticket)
    assert 'name="way"' not in page
    refused = write(desk, ticket, way=chat.pk)
    assert refused.status_code == 422
    assert "What began by mail goes on by mail" in refused.content.decode()


def test_who_chose_chat_keeps_it_for_the_next_line(desk, chat, mail, outbox):
    ticket = visitor_asks(chat)
    answer = desk.post(
        reverse("desk:write", args=[ticket.pk]),
        {"text": "One.", "client_uuid": str(uuid4()), "way": chat.pk},
        headers={"HX-Request": "true", "HX-Target": "composer"},
    )
    assert chosen_way(answer.content.decode()) == "webchat"


def test_a_ticket_of_another_channel_has_no_such_choice(desk):
    telegram = make_inbox("telegram")
    sender = Sender("telegram", "77", name="Leo")
    ticket = make_ticket(telegram, sender=sender)
    assert find_or_create_contact("telegram", "77") == ticket.contact
    assert "composer-ways" not in page_of(desk, ticket)
