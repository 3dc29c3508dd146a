from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from helpdesk import clock
from helpdesk.events.actor import SYSTEM, Actor
from helpdesk.events.models import Event
from helpdesk.people.models import Contact
from helpdesk.tickets.actions import assign_ticket, escalate_ticket, tag_ticket, transfer_ticket
from helpdesk.tickets.marks import mark_ticket
from helpdesk.tickets.models import Ticket
from tests.factories import customer_writes, make_agent, make_department, make_inbox
from tests.helpdesk.api.conftest import client_of

pytestmark = pytest.mark.django_db
QUESTION = {
    "contact": {"email": "carla@customer.example", "name": "Carla"},
    "subject": "My order",
    "text": "Where is it?",
}


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


# -- creating


def test_a_question_becomes_a_ticket_through_the_same_door_as_every_other(api, names_of):
    answer = api.post("/api/v1/tickets/", QUESTION, format="json")
    assert answer.status_code == 201
    ticket = Ticket.objects.get(pk=answer.json()["id"])
    assert (ticket.subject, ticket.channel, ticket.contact.email) == (
        "My order",
        "api",
        "carla@customer.example",
    )
    assert names_of(ticket) == ["ticket.created", "ticket.queued", "message.received"]


def test_department_priority_and_tags_are_set_by_the_tokens_user(api, agent, names_of):
    billing = make_department("Billing")
    wanted = {"department": billing.pk, "priority": "high", "tags": ["Invoice", "vip"]}
    ticket_id = api.post("/api/v1/tickets/", QUESTION | wanted, format="json").json()["id"]
    ticket = Ticket.objects.get(pk=ticket_id)
    assert (ticket.department, ticket.priority, ticket.tags) == (billing, 3, ["invoice", "vip"])
    transfer = Event.objects.get(ticket=ticket, name="ticket.transferred")
    assert (transfer.actor_kind, transfer.actor_id) == ("agent", agent.pk)


def test_a_mail_inbox_answers_by_mail(api):
    inbox = make_inbox("email")
    answer = api.post("/api/v1/tickets/", QUESTION | {"inbox": inbox.pk}, format="json")
    assert answer.json()["channel"] == "email"


def test_a_chat_inbox_is_refused(api):
    answer = api.post("/api/v1/tickets/", QUESTION | {"inbox": make_inbox("webchat").pk}, format="json")
    assert answer.json()["errors"][0]["field"] == "inbox"


def test_the_same_key_makes_one_ticket(api):
    first, second = (
        api.post("/api/v1/tickets/", QUESTION, format="json", headers={"Idempotency-Key": "order-17"})
        for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Ticket.objects.count() == 1


def test_the_same_key_for_another_question_is_a_conflict(api):
    key = {"Idempotency-Key": "order-17"}
    api.post("/api/v1/tickets/", QUESTION, format="json", headers=key)
    answer = api.post("/api/v1/tickets/", QUESTION | {"text": "Other"}, format="json", headers=key)
    assert answer.status_code == 409
    assert Ticket.objects.count() == 1


def test_the_same_key_of_another_user_is_another_key(api):
    key = {"Idempotency-Key": "order-17"}
    api.post("/api/v1/tickets/", QUESTION, format="json", headers=key)
    answer = client_of(make_agent()).post("/api/v1/tickets/", QUESTION, format="json", headers=key)
    assert answer.status_code == 201


def test_a_customer_known_by_your_id_is_one_contact_whatever_the_address(api):
    for email in ("carla@customer.example", "other@customer.example"):
        contact = {"external_id": "user-7", "email": email}
        api.post("/api/v1/tickets/", QUESTION | {"contact": contact}, format="json")
    assert Contact.objects.count() == 1
    assert len(api.get("/api/v1/contacts/?email=other@customer.example").json()["results"]) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"contact": {}},
        {"contact": {"email": "carla@customer.example", "name": "a\u0000b"}},
        {"text": "   "},
        {"text": "x" * 100_001},
        {"priority": "highest"},
        {"priority": ["high"]},
        {"tags": "invoice"},
        {"department": 10**30},
        {"inbox": "x"},
    ],
)
def test_nonsense_is_refused_and_leaves_nothing(api, bad):
    assert api.post("/api/v1/tickets/", QUESTION | bad, format="json").status_code == 400
    assert not Ticket.objects.exists()


def test_a_department_that_is_out_of_use_gets_nothing(api):
    retired, ticket = make_department("Fax", is_active=False), customer_writes().ticket
    wanted = {"department": retired.pk}
    assert api.post("/api/v1/tickets/", QUESTION | wanted, format="json").status_code == 400
    assert api.patch(f"/api/v1/tickets/{ticket.pk}/", wanted, format="json").status_code == 400
    assert Ticket.objects.get().department is None


# -- reading


def test_filters_narrow_the_list(api, agent):
    billing = make_department("Billing")
    mine, other = customer_writes().ticket, customer_writes(email="dan@customer.example").ticket
    by = Actor.agent(agent)
    transfer_ticket(mine, to=billing, by=by)
    assign_ticket(mine, to=agent, by=by)
    tag_ticket(mine, tags=["vip"], by=by)
    for query in (
        f"department={billing.pk}",
        "assignee=me",
        f"assignee={agent.pk}",
        "tag=VIP",
        "status=open",
        f"contact={mine.contact_id}",
    ):
        assert ids(api.get(f"/api/v1/tickets/?{query}")) == [mine.pk], query
    assert ids(api.get("/api/v1/tickets/?assignee=none")) == [other.pk]
    assert ids(api.get("/api/v1/tickets/?status=new&status=open")) == [other.pk, mine.pk]
    assert ids(api.get("/api/v1/tickets/?channel=webchat")) == []


def test_created_since_leaves_out_the_old(api):
    with clock.frozen_at(clock.now() - timedelta(days=2)):
        customer_writes(email="old@customer.example")
    new = customer_writes().ticket
    since = (clock.now() - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert ids(api.get("/api/v1/tickets/", {"created_since": since})) == [new.pk]


def test_pages_lead_on_until_there_is_nothing_left_though_new_ones_come_in(api):
    tickets = [customer_writes(email=f"c{n}@customer.example").ticket.pk for n in range(5)]
    answer, seen = api.get("/api/v1/tickets/?page_size=2"), []
    while True:
        seen += ids(answer)
        onward = answer.json()["next"]
        if not onward:
            break
        customer_writes(email=f"new{len(seen)}@customer.example")
        answer = api.get(f"/api/v1/tickets/?{urlsplit(onward).query}")
    assert seen == tickets[::-1]


def test_fifty_tickets_cost_as_many_queries_as_one(api, django_assert_num_queries):
    department = make_department("Billing")
    inbox = make_inbox(department=department)
    for number in range(50):
        customer_writes(inbox, email=f"c{number}@customer.example")
    api.get("/api/v1/tickets/")
    with django_assert_num_queries(2):  # the token with its user, the tickets
        assert len(ids(api.get("/api/v1/tickets/"))) == 50


def test_a_ticket_says_where_its_messages_are(api):
    ticket = customer_writes().ticket
    shown = api.get(f"/api/v1/tickets/{ticket.pk}/").json()
    assert shown["priority"] == "normal"
    assert api.get(urlsplit(shown["messages"]).path).json()["results"][0]["text"] == "Where is my parcel?"


# -- what may not be seen


def test_a_ticket_says_what_is_promised_and_why_a_person_has_to_look(api):
    ticket = customer_writes(make_inbox(), "Where is it?").ticket
    escalate_ticket(ticket, reason="nobody", by=SYSTEM)
    mark_ticket(ticket, marks=["legal"], by=SYSTEM)
    due = clock.now() + timedelta(hours=2)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=due)
    said = api.get(f"/api/v1/tickets/{ticket.pk}/").json()
    assert (said["escalation_reason"], said["marks"]) == ("nobody", ["legal"])
    assert datetime.fromisoformat(said["due_at"]) == due
    assert said["escalated_at"]


def test_a_closed_department_does_not_exist_for_strangers(api, admin_api):
    member = make_agent("Nina")
    legal = make_department("Legal", members=(member,), is_restricted=True)
    ticket = customer_writes(make_inbox(department=legal)).ticket
    at = f"/api/v1/tickets/{ticket.pk}/"
    assert ids(api.get("/api/v1/tickets/")) == []
    for refused in (
        api.get(at),
        api.patch(at, {"status": "closed"}, format="json"),
        api.get(f"{at}messages/"),
        api.post(f"{at}messages/", {"kind": "note", "text": "x"}, format="json"),
        api.get(f"/api/v1/contacts/{ticket.contact_id}/"),
    ):
        assert refused.status_code == 404
    assert api.get(f"/api/v1/events/?ticket={ticket.pk}").json()["results"] == []
    for allowed in (admin_api, client_of(member)):
        assert allowed.get(at).status_code == 200
        assert len(allowed.get(f"/api/v1/events/?ticket={ticket.pk}").json()["results"]) == 3


# -- changing


def test_a_change_goes_through_the_verbs(api, agent, names_of):
    ticket, billing = customer_writes().ticket, make_department("Billing")
    wanted = {
        "department": billing.pk,
        "assignee": agent.pk,
        "priority": "urgent",
        "tags": ["a", "b"],
        "status": "solved",
    }
    answer = api.patch(f"/api/v1/tickets/{ticket.pk}/", wanted, format="json")
    assert answer.status_code == 200
    assert answer.json()["assignee"]["id"] == agent.pk and answer.json()["closed_at"]
    assert names_of(ticket)[3:] == [
        "ticket.transferred",
        "ticket.assigned",
        "ticket.prioritised",
        "ticket.tagged",
        "ticket.closed",
    ]


def test_tags_are_replaced_as_a_whole(api, agent):
    ticket = tag_ticket(customer_writes().ticket, tags=["a", "b"], by=Actor.agent(agent))
    answer = api.patch(f"/api/v1/tickets/{ticket.pk}/", {"tags": ["b", "c"]}, format="json")
    assert answer.json()["tags"] == ["b", "c"]


def test_null_takes_the_assignee_away(api, agent):
    ticket = assign_ticket(customer_writes().ticket, to=agent, by=Actor.agent(agent))
    answer = api.patch(f"/api/v1/tickets/{ticket.pk}/", {"assignee": None}, format="json")
    assert answer.json()["assignee"] is None


def test_one_change_refused_undoes_the_others(api):
    legal = make_department("Legal", is_restricted=True)
    ticket, stranger = customer_writes().ticket, make_agent("Stan")
    wanted = {"department": legal.pk, "assignee": stranger.pk}
    answer = api.patch(f"/api/v1/tickets/{ticket.pk}/", wanted, format="json")
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "assignee"
    ticket.refresh_from_db()
    assert ticket.department is None


def test_spam_and_snooze(api):
    ticket = customer_writes().ticket
    at, tomorrow = f"/api/v1/tickets/{ticket.pk}/", (clock.now() + timedelta(days=1)).isoformat()
    assert api.patch(at, {"snoozed_until": tomorrow}, format="json").json()["snoozed_until"]
    assert api.patch(at, {"snoozed_until": None}, format="json").json()["snoozed_until"] is None
    assert api.patch(at, {"is_spam": True}, format="json").json()["is_spam"] is True


def test_an_assignee_that_is_no_id_is_refused_by_its_field(api):
    for wanted in ("x", "9" * 5_000):  # of so many digits Python itself makes no number
        problem = api.get("/api/v1/tickets/", {"assignee": wanted})
        assert problem.status_code == 400 and "An id, me, or none." in problem.content.decode()
