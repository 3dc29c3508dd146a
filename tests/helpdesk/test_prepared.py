"""A prepared question answers as the queryset would, whoever asks and with whatever numbers."""

from threading import Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.prepared import MOST_KEPT, OneOf, Prepared
from helpdesk.tickets.models import Ticket
from tests.factories import make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def of_contact(status, *, contact):
    tickets = Ticket.objects.filter(contact=contact, status=status).select_related("contact", "assignee")
    return tickets.prefetch_related("messages").order_by("pk")


def test_each_number_gets_its_own_rows_with_what_hangs_on_them():
    asked = Prepared(of_contact)
    inbox = make_inbox()
    carla, mia = make_ticket(inbox, email="c@x.test"), make_ticket(inbox, email="m@x.test")
    for ticket in (carla, mia, carla):
        with CaptureQueriesContext(connection) as captured:
            (found,) = asked.rows("new", contact=ticket.contact_id)
            assert (found, found.contact, found.assignee) == (ticket, ticket.contact, None)
            assert [one.pk for one in found.messages.all()] == [ticket.messages.get().pk]
        assert len(captured) == 3  # with the messages, and with those that are asked for to compare
    assert asked.rows("closed", contact=carla.contact_id) == []
    assert asked.first("new", contact=mia.contact_id) == mia
    assert asked.first("new", contact=0) is None


@pytest.mark.parametrize("subject", ["100 % 'sure' %s \\ \"quoted\"", "我的订单", Ticket.Status.NEW])
def test_what_never_changes_stands_in_the_statement_as_it_is(subject):
    asked = Prepared(
        lambda subject, *, contact: Ticket.objects.filter(
            subject__in=[subject, "nothing %"],
            contact=contact,
            status=Ticket.Status.NEW,
            tags__contained_by=["%s"],
        )
    )
    ticket = make_ticket(subject=str(subject.value if subject == Ticket.Status.NEW else subject))
    with CaptureQueriesContext(connection):  # where it is told, it goes another way
        assert asked.rows(subject, contact=ticket.contact_id) == [ticket]
    assert asked.rows(subject, contact=ticket.contact_id) == [ticket]
    assert asked.rows(subject, contact=0) == []
    assert [len(kept.params) for kept in asked.kept.values()] == [1]


def test_a_number_that_is_compared_nowhere_is_a_mistake():
    asked = Prepared(lambda *, contact: Ticket.objects.all())
    with pytest.raises(ValueError, match="contact"):
        asked.rows(contact=1)


def test_a_question_that_nothing_can_answer_asks_nothing(django_assert_num_queries):
    asked = Prepared(lambda *, contact: Ticket.objects.none())
    with django_assert_num_queries(0):
        assert asked.rows(contact=1) == []


def test_it_keeps_only_so_many():
    asked = Prepared(lambda subject, *, contact: Ticket.objects.filter(subject=subject, contact=contact))
    for number in range(MOST_KEPT + 1):
        asked.rows(str(number), contact=1)
    assert len(asked.kept) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_ask_by_their_own_connections():
    asked, ticket, found = Prepared(of_contact), make_ticket(), []
    asked.rows("new", contact=ticket.contact_id)

    def ask():
        found.extend(asked.rows("new", contact=ticket.contact_id))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join(20)
    assert found == [ticket]


@pytest.mark.django_db(transaction=True)
def test_a_column_that_changes_under_a_kept_plan_is_no_error():
    asked, ticket = Prepared(of_contact), make_ticket()
    for _ in range(8):  # by then the database has kept a plan
        asked.rows("new", contact=ticket.contact_id)
    alter_elsewhere("ALTER TABLE tickets_ticket ALTER subject TYPE varchar(260)")
    try:
        assert asked.rows("new", contact=ticket.contact_id) == [ticket]
    finally:
        alter_elsewhere("ALTER TABLE tickets_ticket ALTER subject TYPE varchar(250)")


def alter_elsewhere(statement):
    """By another connection, as a migration does: one's own notices by itself what it has altered."""

    def alter():
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    thread = Thread(target=alter)
    thread.start()
    thread.join(20)


def test_however_many_numbers_are_one_value_and_one_statement():
    inbox = make_inbox()
    tickets = [make_ticket(inbox, email=f"c{n}@x.test") for n in range(3)]
    asked = Prepared(lambda *, some: Ticket.objects.filter(OneOf("pk", some)).order_by("pk"))
    numbers = [ticket.pk for ticket in tickets]
    assert asked.rows(some=numbers) == tickets
    assert asked.rows(some=numbers[1:]) == tickets[1:]
    assert asked.rows(some=[]) == asked.rows(some=[0]) == []
    assert len(asked.kept) == 1
