import pytest

from helpdesk import clock
from helpdesk.people.models import Contact
from tests.factories import customer_writes, make_inbox

pytestmark = pytest.mark.django_db


def said(**fields):
    call = {"direction": "incoming", "number": "+39 02 123 4567", "seconds": 240, "text": "Two tents."}
    return call | {"started_at": clock.now().isoformat()} | fields


def test_a_call_is_written_down_on_a_ticket(api):
    ticket = customer_writes(make_inbox()).ticket
    answer = api.post(f"/api/v1/tickets/{ticket.pk}/calls/", said(), format="json")
    assert answer.status_code == 201
    assert (answer.json()["kind"], answer.json()["channel"], answer.json()["text"]) == (
        "note",
        "phone",
        "Two tents.",
    )
    refused = api.post(f"/api/v1/tickets/{ticket.pk}/calls/", said(number="call me"), format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "number")


def test_a_call_begins_a_ticket_once_for_whoever_has_the_number(api):
    ann = Contact.objects.create(name="Ann", phone="02 1234567")
    begun = [
        api.post(
            "/api/v1/calls/", said(subject="Offer", started_at="2026-01-01T10:00:00Z"), format="json"
        ).status_code
    ]
    moment = said(subject="Offer")
    begun += [
        api.post("/api/v1/calls/", moment, format="json", headers={"Idempotency-Key": "k1"}).json()
        for _ in range(2)
    ]
    assert begun[0] == 400
    assert (begun[1]["channel"], begun[1]["contact"]["id"], begun[1]["id"]) == (
        "phone",
        ann.pk,
        begun[2]["id"],
    )
    listed = api.get("/api/v1/tickets/?channel=phone").json()["results"]
    assert [one["id"] for one in listed] == [begun[1]["id"]]
