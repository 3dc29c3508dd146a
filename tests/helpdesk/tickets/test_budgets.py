"""What a machine may write by itself, and where it is stopped."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.notices.models import Notice
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.asking_surveys import send_survey
from helpdesk.tickets.budgets import allow_answers
from helpdesk.tickets.models import LoopStop, Message, Survey
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_admin, make_agent, make_inbox, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outbox")]
MACHINE = Actor("trigger", 1, "Thanks")


@pytest.fixture
def inbox():
    return make_inbox()


def answer(ticket, times=1):
    return [reply(ticket, "We have your mail.", by=MACHINE) for _ in range(times)]


def later(**time):
    return clock.frozen_at(clock.now() + timedelta(**time))


def answers_of(inbox):
    return Message.objects.filter(inbox=inbox, kind="outgoing", is_automatic=True).count()


def test_two_automatic_answers_an_hour_go_to_one_customer_and_the_third_opens_a_stop(inbox, names_of):
    boss, ticket = make_admin(), make_ticket(inbox)
    assert [bool(message) for message in answer(ticket, 3)] == [True, True, False]
    stop = LoopStop.objects.get()
    assert (stop.inbox, stop.address, stop.ticket, stop.reason) == (
        inbox,
        "carla@customer.example",
        ticket,
        "hour",
    )
    assert names_of(ticket)[-1] == names.LOOP_STOPPED
    told = Notice.objects.get(user=boss)
    assert told.kind == Notice.Kind.LOOP_STOPPED
    assert "carla@customer.example" in told.title
    assert told.text.startswith("2 automatic answers went there within an hour.")
    assert told.url == "/settings/loops/"


def test_what_goes_to_another_ticket_of_the_same_customer_counts_too(inbox):
    for _ in range(3):
        answer(make_ticket(inbox))
    assert answers_of(inbox) == 2


def test_many_senders_who_ask_for_answers_at_one_address_are_one_correspondent(inbox):
    for number in range(4):
        asked = {"email": f"p{number}@elsewhere.example", "attributes": {"answer_to": "Victim@x.example"}}
        answer(make_ticket(inbox, **asked))
    assert answers_of(inbox) == 2
    assert LoopStop.objects.get().address == "victim@x.example"


def test_a_machine_that_writes_by_another_tag_each_time_is_one_correspondent(inbox):
    for number in range(4):
        answer(make_ticket(inbox, email=f"help+t{number}@desk.example"))
    assert answers_of(inbox) == 2
    assert LoopStop.objects.get().address == "help@desk.example"
    assert answer(make_ticket(make_inbox(), email="help+t9@desk.example")) == [None]


def test_one_sender_who_asks_for_answers_elsewhere_each_time_is_one_correspondent(inbox):
    for number in range(4):
        answer(make_ticket(inbox, attributes={"answer_to": f"p{number}@elsewhere.example"}))
    assert answers_of(inbox) == 2


def test_another_customer_is_answered_although_one_is_stopped(inbox):
    answer(make_ticket(inbox), 3)
    assert answer(make_ticket(inbox, email="dora@customer.example"))[0]


def test_ten_a_day_is_the_most(inbox):
    ticket = make_ticket(inbox)
    for number in range(12):
        with later(hours=1.9 * number):
            answer(ticket)
    assert answers_of(inbox) == 10
    assert LoopStop.objects.get().reason == "day"


def test_a_stop_lasts_until_an_admin_allows_answers_again_and_then_they_are_counted_anew(inbox):
    boss, ticket = make_admin(), make_ticket(inbox)
    with later(days=3):
        answer(ticket, 3)
    with later(days=6):
        assert answer(ticket) == [None]
        assert LoopStop.objects.count() == 1
    with later(days=3, minutes=1):
        allow_answers(LoopStop.objects.get(), by=boss)
    with later(days=3, minutes=2):
        answers = answer(ticket, 3)
    assert [bool(message) for message in answers] == [True, True, False]
    assert LoopStop.objects.filter(closed_by=boss).count() == 1
    assert LoopStop.objects.filter(closed_at=None).count() == 1


def test_twenty_mails_within_an_hour_on_one_ticket_end_automatic_answers_to_it(inbox):
    ticket = make_ticket(inbox)
    for _ in range(19):
        customer_writes(inbox, ticket_id=ticket.pk)
    assert answer(ticket) == [None]
    assert LoopStop.objects.get().reason == "ticket"


def test_people_are_never_limited(inbox):
    agent, ticket = make_agent(), make_ticket(inbox)
    answer(ticket, 3)
    assert all(reply(ticket, "Dear Carla", by=by(agent)) for _ in range(12))
    assert not Event.objects.filter(ticket=ticket, name=names.LOOP_STOPPED)[1:]


def test_a_chat_has_no_such_budget():
    ticket = make_ticket(make_inbox("webchat"))
    assert all(answer(ticket, 4))


def test_surveys_are_counted_and_are_dropped_where_they_are_not_sent(inbox):
    agent, ticket = make_agent(), make_ticket(inbox)
    answer(ticket, 2)
    reply(ticket, "Done", by=by(agent))
    close_ticket(ticket, by=by(agent))
    closed = Event.objects.get(ticket=ticket, name=names.TICKET_CLOSED)
    assert send_survey(closed) is None
    assert not Survey.objects.filter(dropped_at=None).exists()
    assert not Event.objects.filter(name=names.SURVEY_SENT).exists()
    assert LoopStop.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["noreply@a.example", "no-reply+x@a.example", "MAILER-DAEMON@a.example", "postmaster@a.example", "bounces+1=a@a.example",
     "list-request@a.example", "owner-list@a.example", "do_not_reply@a.example"],
)  # fmt: skip
def test_nobody_answers_a_robot_and_that_is_no_loop(inbox, address):
    assert answer(make_ticket(inbox, email=address)) == [None]
    assert not LoopStop.objects.exists()


@pytest.mark.parametrize("address", ["norbert@a.example", "anna.request@a.example", "postmasters@a.example"])
def test_a_person_whose_address_looks_a_little_like_one_is_answered(inbox, address):
    assert answer(make_ticket(inbox, email=address))[0]


def test_none_of_our_own_addresses_is_answered(inbox):
    other = make_inbox()
    local, _at, domain = other.address.partition("@")
    for address in (other.address, f"{local}+t1.abc@{domain}"):
        assert answer(make_ticket(inbox, email=address)) == [None]
    answered = make_ticket(inbox, attributes={"answer_to": other.address})
    assert answer(answered) == [None]


def test_an_inbox_whose_own_address_has_a_tag_is_not_answered(inbox):
    other = make_inbox(address="desk+eu@shop.example")
    assert answer(make_ticket(inbox, email=other.address)) == [None]


def test_a_machines_mail_is_not_answered_and_the_persons_after_it_is(inbox):
    ticket = make_ticket(inbox, is_automatic=True)
    assert answer(ticket) == [None]
    customer_writes(inbox, ticket_id=ticket.pk)
    assert answer(ticket)[0]


def test_a_ticket_that_came_by_a_list_is_not_answered(inbox):
    assert answer(make_ticket(inbox, attributes={"from_list": True})) == [None]


def test_the_limits_are_settings(inbox, settings):
    settings.AUTO_ANSWERS_AN_HOUR = 4
    assert sum(bool(message) for message in answer(make_ticket(inbox), 6)) == 4


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_the_same_moment_do_not_both_find_room(inbox, settings):
    settings.AUTO_ANSWERS_AN_HOUR = 1
    tickets, start, got = [make_ticket(inbox), make_ticket(inbox)], Barrier(2), []

    def job(ticket):
        start.wait(10)
        got.append(reply(ticket, "We have your mail.", by=SYSTEM))
        connection.close()

    jobs = [Thread(target=job, args=(ticket,)) for ticket in tickets]
    for each in jobs:
        each.start()
    for each in jobs:
        each.join(20)
    assert sorted(bool(message) for message in got) == [False, True]


def test_an_admin_sees_what_is_stopped_and_allows_it_again(inbox, client):
    boss, ticket = make_admin(), make_ticket(inbox)
    answer(ticket, 3)
    client.force_login(boss)
    page = client.get("/settings/loops/").content.decode()
    assert "carla@customer.example" in page
    assert "2 automatic answers went there within an hour" in page
    stop = LoopStop.objects.get()
    client.post(f"/settings/loops/{stop.pk}/closure/")
    stop.refresh_from_db()
    assert stop.closed_by == boss
    assert clock.now() - stop.closed_at < timedelta(minutes=1)
    assert "Allow again" not in client.get("/settings/loops/").content.decode()
    assert (
        "No more automatic answers to carla@customer.example"
        in client.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    )
