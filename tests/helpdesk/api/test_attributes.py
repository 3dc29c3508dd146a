"""Attributes and their values, by programs."""

import pytest

from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.models import Company
from tests.factories import make_contact, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
URL = "/api/v1/attributes/"


@pytest.fixture
def carla():
    define_attribute("person", "seats", name="Seats", kind="number")
    return make_contact("Carla")


def put(api, contact, value, attribute="person.seats", **more):
    return api.put(
        f"/api/v1/contacts/{contact.pk}/attributes/{attribute}/", {"value": value, **more}, format="json"
    )


def test_admins_define_change_and_retire_and_everybody_reads(api, admin_api):
    asked = {"key": "size", "name": "Size", "type": "choice", "choices": ["S", "L"]}
    assert api.post(URL, asked, format="json").status_code == 403
    made = admin_api.post(URL, asked, format="json")
    assert (made.status_code, made.json()["id"]) == (201, "person.size")
    assert admin_api.post(URL, asked, format="json").status_code == 409
    changed = admin_api.patch(f"{URL}person.size/", {"choices": ["S", "M", "L"]}, format="json").json()
    assert (changed["name"], changed["choices"]) == ("Size", ["S", "M", "L"])
    assert admin_api.delete(f"{URL}person.size/").status_code == 204
    assert {one["id"]: one["is_retired"] for one in api.get(URL).json()} == {
        "person.plan": False, "person.products": False, "person.spend": False, "person.size": True,
    }  # fmt: skip
    assert api.get(f"{URL}person.shoe/").status_code == 404


def test_a_key_that_is_ours_is_refused_by_its_field(admin_api):
    answer = admin_api.post(URL, {"key": "claims"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "key")


def test_a_value_is_kept_by_its_type_or_refused_by_field_and_reason(api, agent, carla):
    assert put(api, carla, "12").json()["value"] == 12
    answer = put(api, carla, "a dozen")
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:helpdesk:problem:unfitting"
    assert answer.json()["errors"] == [{"field": "seats", "reason": "Write a number, such as 12 or 9.50."}]
    carla.refresh_from_db()
    assert carla.attributes == {"seats": 12}
    event = Event.objects.get(name=names.CONTACT_CHANGED)
    assert (event.actor_id, event.contact_id, event.data["fields"]) == (agent.pk, carla.pk, ["seats"])


def test_who_says_what_they_saw_does_not_write_over_something_else(api, carla):
    assert put(api, carla, 1, was=None).status_code == 200
    answer = put(api, carla, 2, was=None)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:helpdesk:problem:changed_meanwhile")
    assert put(api, carla, 2, was=1).status_code == 200


def test_a_value_is_taken_away_and_an_unknown_key_is_not_there(api, carla):
    put(api, carla, 3)
    assert api.delete(f"/api/v1/contacts/{carla.pk}/attributes/person.seats/").status_code == 204
    carla.refresh_from_db()
    assert carla.attributes == {}
    for key in ("person.shoe", "person.email", "person.claims", "seats"):
        assert put(api, carla, "1", key).status_code == 404


def test_all_that_is_known_is_read_with_what_does_not_fit(api, carla):
    carla.company = Company.objects.create(name="Acme", attributes={"vat": "IT1"})
    carla.attributes = {"seats": "a dozen", "shoe": 42, "no_surveys": True, "claims": {"plan": "Pro"}}
    carla.save()
    found = api.get(f"/api/v1/contacts/{carla.pk}/attributes/").json()
    assert [(one["id"], one["value"], bool(one["reason"]), one["is_verified"], one["is_defined"]) for one in found] == [
        ("person.plan", "Pro", False, False, True),
        ("person.seats", "a dozen", True, True, True),
        ("person.shoe", 42, False, True, False),
        ("company.vat", "IT1", False, True, False),
    ]  # fmt: skip


def test_what_is_sent_with_a_contact_is_kept_by_its_type_and_never_lost(api, agent, carla):
    sent = {"attributes": {"seats": "12", "spend": "a lot"}, "company": "Acme"}
    answer = api.patch(f"/api/v1/contacts/{carla.pk}/", sent, format="json").json()
    assert (answer["attributes"], answer["company"]) == ({"seats": 12, "spend": "a lot"}, "Acme")
    event = Event.objects.get(name=names.CONTACT_CHANGED)
    assert event.data == {"of": "person", "fields": ["company", "seats", "spend"]}
    api.patch(f"/api/v1/contacts/{carla.pk}/", {"company": ""}, format="json")
    carla.refresh_from_db()
    assert carla.company is None


def test_nobody_writes_to_a_person_they_may_not_see(api):
    ticket = make_ticket(make_inbox(department=make_department("Board", is_restricted=True)))
    assert put(api, ticket.contact, "x", "person.plan").status_code == 404
