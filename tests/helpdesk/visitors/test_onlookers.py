"""Which colleagues have a visitor before them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from helpdesk import clock
from helpdesk.people.models import User
from helpdesk.people.onlookers import (
    LIFETIME,
    PAGE,
    TYPING,
    end_look,
    note_look,
    onlookers_of,
    ticket_of,
    typing_at,
)
from helpdesk.visitors.table import Asked, row_of, table_for
from tests.factories import make_agent, make_department


@pytest.fixture
def berta() -> User:
    return make_agent("Berta")


def seen_by(user, visitor) -> list[tuple[str, bool]]:
    return [(one.name, one.is_typing) for one in row_of(visitor, user).onlookers]


def test_who_opens_a_visitor_is_seen_by_colleagues_and_not_by_themselves(desk, alice, berta, comes):
    visitor = comes()
    desk.get(reverse("visitors:visitor", args=[visitor]))
    assert (seen_by(berta, visitor), seen_by(alice, visitor)) == ([("Alice", False)], [])
    with clock.frozen_at(clock.now() + timedelta(seconds=PAGE + 1)):
        assert seen_by(berta, visitor) == []


def test_who_has_the_conversation_open_and_who_writes_there(alice, berta, comes, writes):
    visitor, carl = comes(), make_agent("Carl")
    ticket = writes(visitor)
    note_look(ticket_of(ticket.pk), berta.pk)
    note_look(ticket_of(ticket.pk), carl.pk)
    note_look(typing_at(ticket.pk), carl.pk, lasts=TYPING)
    assert seen_by(alice, visitor) == [("Carl", True), ("Berta", False)]
    end_look(ticket_of(ticket.pk), berta.pk)
    with clock.frozen_at(clock.now() + timedelta(seconds=TYPING + 1)):
        assert seen_by(alice, visitor) == [("Carl", False)]
    with clock.frozen_at(clock.now() + timedelta(seconds=LIFETIME + 1)):
        assert onlookers_of([ticket_of(ticket.pk)]) == {}


def test_it_stands_in_the_table_and_beside_it(desk, alice, berta, comes, writes):
    visitor = comes()
    note_look(ticket_of(writes(visitor).pk), berta.pk)
    page = desk.get(reverse("visitors:visitor", args=[visitor])).content.decode()
    assert page.count("Berta is looking at them") == 2


def test_who_talks_with_them_in_a_closed_department_is_not_told(alice, berta, comes, writes):
    visitor = comes()
    ticket = writes(visitor)
    ticket.department = make_department("Board", is_restricted=True)
    ticket.save()
    note_look(ticket_of(ticket.pk), berta.pk)
    assert seen_by(alice, visitor) == []


def test_the_desk_without_a_socket_says_what_is_open_only_of_what_may_be_seen(
    client, alice, berta, comes, writes
):
    visitor = comes()
    ticket = writes(visitor)
    client.force_login(berta)
    client.get(reverse("desk:changes"), {"after": 0, "ticket": ticket.pk, "here": 1})
    assert seen_by(alice, visitor) == [("Berta", False)]
    ticket.department = make_department("Board", is_restricted=True)
    ticket.save()
    end_look(ticket_of(ticket.pk), berta.pk)
    client.get(reverse("desk:changes"), {"after": 0, "ticket": ticket.pk, "here": 1})
    ticket.department = None
    ticket.save()
    assert seen_by(alice, visitor) == []


def test_one_question_more_however_many_look(alice, berta, comes, writes, django_assert_max_num_queries):
    for _ in range(5):
        note_look(ticket_of(writes(comes()).pk), berta.pk)
    with django_assert_max_num_queries(8):
        assert all(row.onlookers for row in table_for(alice, Asked()).rows)
