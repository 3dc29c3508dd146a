"""An answer by mail from the composer: the short way where it fits, the long way with the same screen where not."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.desk.models import Draft
from helpdesk.people.models import Workspace
from helpdesk.tickets.participants import add_participant
from tests.factories import by, customer_writes, make_inbox

pytestmark = pytest.mark.django_db
MOST = 11  # with the session, who asks, the savepoint of this test and who is told that a draft is gone
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(agent):
    Workspace.get()
    found = customer_writes(make_inbox()).ticket
    add_participant(found, email="copied@customer.example", by=by(agent))
    return found


def form_of(ticket, **fields):
    """As the composer sends it."""
    form = {"kind": "reply", "text": "It **left** today.", "client_uuid": str(uuid4()), "channel": "email"}
    form |= {"last_seen": ticket.messages.latest("pk").pk, "to": "carla@customer.example"}
    form |= {"cc": "copied@customer.example", "cc_more": ""}
    return form | {"known": "carla@customer.example,copied@customer.example"} | fields


def post(desk, ticket, **fields):
    return desk.post(f"/desk/tickets/{ticket.pk}/messages/", form_of(ticket, **fields), headers=HTMX)


def test_it_asks_few_questions_and_draws_the_composer_and_its_line(desk, agent, ticket):
    Draft.objects.create(ticket=ticket, user=agent, kind="reply", text="It l", saved_at=ticket.created_at)
    with CaptureQueriesContext(connection) as asked:
        page = post(desk, ticket).content.decode()
    assert len(asked) <= MOST, "\n".join(one["sql"] for one in asked.captured_queries)
    answer = ticket.messages.latest("pk")
    assert "<strong>left</strong>" in answer.html and answer.cc == ["copied@customer.example"]
    assert f'id="message-{answer.pk}"' in page and "<undo-window" in page and 'id="composer"' in page
    assert 'id="ticket-head"' not in page  # nothing there is another
    assert not Draft.objects.exists()


def test_with_somebody_more_in_copy_the_head_and_the_customer_s_pane_come_along(desk, ticket):
    page = post(desk, ticket, cc_more="new@customer.example").content.decode()
    assert ticket.messages.latest("pk").cc == ["copied@customer.example", "new@customer.example"]
    assert 'id="ticket-head"' in page and "new@customer.example" in page


def test_send_and_close_is_remembered_until_it_goes(desk, ticket):
    post(desk, ticket, then="close")
    assert ticket.messages.latest("pk").closes_ticket


def test_the_same_press_twice_is_one_answer(desk, ticket):
    pressed = form_of(ticket)
    for _ in range(2):
        answer = desk.post(f"/desk/tickets/{ticket.pk}/messages/", pressed, headers=HTMX)
        assert answer.status_code == 200
    assert ticket.messages.filter(kind="outgoing").count() == 1


def test_what_the_customer_wrote_meanwhile_is_shown_first(desk, ticket):
    form = form_of(ticket)
    customer_writes(ticket.inbox, "Wait!", ticket_id=ticket.pk)
    assert ticket.messages.latest("pk").text == "Wait!"
    answer = desk.post(f"/desk/tickets/{ticket.pk}/messages/", form, headers=HTMX)
    assert answer.status_code == 409 and "Wait!" in answer.content.decode()
