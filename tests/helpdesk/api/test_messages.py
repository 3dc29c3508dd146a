from datetime import timedelta
from uuid import uuid4

import pytest

from helpdesk import clock
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.inboxes.contract import InboundFile
from helpdesk.tickets.actions import close_ticket
from helpdesk.tickets.finding import REOPEN_WITHIN
from helpdesk.tickets.models import Message, Ticket
from tests.factories import customer_writes, make_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(db) -> Ticket:
    return customer_writes().ticket


def post(api, ticket, **message):
    headers = {"Idempotency-Key": message.pop("key")} if "key" in message else {}
    return api.post(f"/api/v1/tickets/{ticket.pk}/messages/", message, format="json", headers=headers)


def test_a_reply_is_an_answer_of_the_tokens_user(api, agent, ticket, names_of):
    answer = post(api, ticket, kind="reply", text="On its way.")
    assert answer.status_code == 201
    assert (answer.json()["kind"], answer.json()["user"], answer.json()["state"]) == (
        "outgoing",
        agent.pk,
        "queued",
    )
    assert names_of(ticket)[-1] == "message.replied"
    ticket.refresh_from_db()
    assert ticket.waiting_since is None


def test_a_note_is_never_public(api, ticket):
    post(api, ticket, kind="note", text="He called twice.")
    assert not ticket.messages.public().filter(text="He called twice.").exists()


def test_what_the_customer_wrote_reopens_the_ticket(api, agent, ticket, names_of):
    close_ticket(ticket, by=Actor.agent(agent))
    answer = post(api, ticket, kind="customer", text="Still nothing.")
    assert (answer.json()["kind"], answer.json()["ticket"]) == ("incoming", ticket.pk)
    assert names_of(ticket)[-1] == "ticket.reopened"


@pytest.mark.parametrize("kind", ["reply", "note", "customer"])
def test_the_same_key_twice_is_one_message(api, ticket, kind):
    first, second = (post(api, ticket, kind=kind, text="Once.", key="k1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert ticket.messages.filter(text="Once.").count() == 1


@pytest.mark.parametrize("kind", ["reply", "note", "customer"])
def test_the_same_client_uuid_twice_is_one_message(api, ticket, kind):
    own = str(uuid4())
    answers = [post(api, ticket, kind=kind, text="Once.", client_uuid=own) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["client_uuid"] == own
    assert Message.objects.filter(text="Once.").count() == 1


def test_the_same_key_with_other_words_is_a_conflict(api, ticket):
    post(api, ticket, kind="reply", text="Yes.", key="k1")
    assert post(api, ticket, kind="reply", text="No.", key="k1").status_code == 409


def test_an_answer_to_what_one_has_not_read_is_a_conflict(api, ticket):
    first = ticket.messages.get().pk
    post(api, ticket, kind="customer", text="Forget it.")
    answer = post(api, ticket, kind="reply", text="It costs 5.", last_seen=first)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "last_seen")


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "reply", "text": " "},
        {"kind": "shout", "text": "x"},
        {"text": "x"},
        {"kind": "note", "text": "a\u0000b"},
        {"kind": "note", "text": "x", "client_uuid": "7"},
    ],
)
def test_nonsense_is_refused(api, ticket, message):
    assert post(api, ticket, **message).status_code == 400
    assert ticket.messages.count() == 1


def test_the_list_has_notes_too_newest_first_with_files_by_their_key(api):
    file = InboundFile("photo.png", "image/png", b"\x89PNG")
    ticket = customer_writes(make_inbox(), files=[file]).ticket
    post(api, ticket, kind="note", text="Look at the photo.")
    rows = api.get(f"/api/v1/tickets/{ticket.pk}/messages/").json()["results"]
    assert [row["kind"] for row in rows] == ["note", "incoming"]
    (shown,) = rows[1]["attachments"]
    assert (shown["name"], shown["size"]) == ("photo.png", 4)
    assert f"/files/{ticket.messages.earliest('id').attachments.get().key}/" in shown["url"]


def test_two_hundred_messages_cost_as_many_queries_as_one(api, ticket, agent, django_assert_num_queries):
    for number in range(60):
        post(api, ticket, kind="note", text=f"note {number}")
    with django_assert_num_queries(4):  # token, ticket, messages, files
        page = api.get(f"/api/v1/tickets/{ticket.pk}/messages/?page_size=50").json()
    assert len(page["results"]) == 50 and page["next"]


@pytest.mark.parametrize("text", ["Once.", "Another matter."])
def test_a_key_used_on_another_ticket_is_a_conflict_and_no_words_are_lost_unsaid(api, ticket, text):
    other = customer_writes(ticket.inbox, email="dan@customer.example").ticket
    assert post(api, ticket, kind="customer", text="Once.", key="k1").status_code == 201
    assert post(api, other, kind="customer", text=text, key="k1").status_code == 409


def test_the_same_key_again_after_the_old_ticket_was_over_is_the_message_it_was(api, ticket):
    close_ticket(ticket, by=SYSTEM)
    with clock.frozen_at(clock.now() + REOPEN_WITHIN + timedelta(days=1)):
        first, second = (post(api, ticket, kind="customer", text="Once.", key="k1") for _ in range(2))
    assert first.json()["ticket"] != ticket.pk
    assert (second.json()["id"], second.status_code) == (first.json()["id"], 200)
