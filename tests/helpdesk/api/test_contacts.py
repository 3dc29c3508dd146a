import pytest

from helpdesk.events.actor import SYSTEM
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact
from tests.factories import make_contact

pytestmark = pytest.mark.django_db


def test_a_contact_is_added_once(api):
    asked = {"email": "Carla@Customer.example", "name": "Carla", "attributes": {"plan": "pro"}}
    answer = api.post("/api/v1/contacts/", asked, format="json")
    assert answer.status_code == 201
    assert answer.json()["identities"] == [
        {"kind": "email", "value": "carla@customer.example", "is_verified": False}
    ]
    assert answer.json()["attributes"] == {"plan": "pro"}
    assert api.post("/api/v1/contacts/", asked, format="json").status_code == 409
    assert Contact.objects.count() == 1


def test_a_contact_without_an_address_is_refused(api):
    assert api.post("/api/v1/contacts/", {"name": "Carla"}, format="json").status_code == 400


def test_a_change_changes_what_is_named_and_nothing_else(api):
    contact = make_contact("Carla", "carla@customer.example")
    answer = api.patch(f"/api/v1/contacts/{contact.pk}/", {"phone": "+39 051"}, format="json")
    assert (answer.json()["phone"], answer.json()["name"]) == ("+39 051", "Carla")


def test_a_new_address_becomes_a_way_to_recognise_them(api):
    contact = make_contact("Carla", "carla@customer.example")
    api.patch(f"/api/v1/contacts/{contact.pk}/", {"email": "new@customer.example"}, format="json")
    for address in ("carla@customer.example", "NEW@customer.example"):
        found = api.get("/api/v1/contacts/", {"email": address}).json()["results"]
        assert [row["id"] for row in found] == [contact.pk]


def test_somebody_elses_address_is_refused(api):
    make_contact("Dan", "dan@customer.example")
    carla = make_contact("Carla", "carla@customer.example")
    answer = api.patch(f"/api/v1/contacts/{carla.pk}/", {"email": "dan@customer.example"}, format="json")
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "attributes",
    ["[]", '"x"', r'{"a": "\ud800"}', r'{"a": "\u0000"}', '{"a": NaN}', '{"a": "%s"}' % ("x" * 10_001)],
    ids=["list", "text", "surrogate", "null", "nan", "long"],
)
def test_attributes_that_cannot_be_stored_are_refused(api, attributes):
    contact = make_contact()
    body = f'{{"attributes": {attributes}}}'
    answer = api.patch(f"/api/v1/contacts/{contact.pk}/", body, content_type="application/json")
    assert answer.status_code == 400


def test_new_attributes_take_the_place_of_the_old_but_for_what_is_ours(api):
    contact = make_contact()
    contact.attributes = {"plan": "free", "size": 3, "no_surveys": True}
    contact.save()
    wanted = {"plan": "pro", "claims": "none", "no_surveys": False}
    answer = api.patch(f"/api/v1/contacts/{contact.pk}/", {"attributes": wanted}, format="json")
    assert answer.json()["attributes"] == {"plan": "pro", "no_surveys": True}


def test_the_list_costs_the_same_queries_for_one_and_for_many(api, django_assert_num_queries):
    for number in range(30):
        make_contact(f"C{number}")
    with django_assert_num_queries(4):  # token, its last use, contacts, identities
        assert len(api.get("/api/v1/contacts/").json()["results"]) == 30


def test_two_who_were_found_to_be_one_are_listed_once(api):
    kept, gone = make_contact("Carla"), make_contact("C. Rossi")
    merge_contacts(kept, gone, by=SYSTEM)
    assert [row["id"] for row in api.get("/api/v1/contacts/").json()["results"]] == [kept.pk]
    assert [row["id"] for row in api.get(f"/api/v1/contacts/?email={gone.email}").json()["results"]] == [
        kept.pk
    ]
