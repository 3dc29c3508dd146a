"""The screens on which admins say what they want to know of customers."""

import pytest

from helpdesk.people.attributes import definitions
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.attributes.models import Attribute
from tests.factories import make_admin, make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(make_admin())
    return client


def wanted(**other):
    return {"name": "Seats", "of": "person", "key": "", "kind": "number", "choices": ""} | other


def test_an_attribute_is_defined_with_a_key_made_of_its_name(admin):
    answer = admin.post("/settings/attributes/new/", wanted(name="Last order"))
    assert answer["Location"] == "/settings/attributes/"
    row = Attribute.objects.get()
    assert (row.of, row.key, row.name, row.kind, row.is_folded) == (
        "person",
        "last_order",
        "Last order",
        "number",
        False,
    )
    page = admin.get("/settings/attributes/").content.decode()
    assert "Last order" in page and "Number" in page


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"key": "claims"}, "This key is taken by the helpdesk itself."),
        ({"key": "plan"}, "There is an attribute with this key already."),
        ({"kind": "choice", "choices": "One"}, "Write at least two choices, one a line."),
        ({"name": "???"}, "Up to 40 letters"),
    ],
)
def test_what_can_t_be_is_refused_at_its_field(admin, asked, reason):
    answer = admin.post("/settings/attributes/new/", wanted(**asked))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Attribute.objects.exists()


def test_what_sites_send_is_a_press_away_from_being_an_attribute(admin):
    contact = make_contact()
    contact.attributes = {"cart_total": 3}
    contact.save()
    assert "?of=person&amp;key=cart_total" in admin.get("/settings/attributes/").content.decode()
    page = admin.get("/settings/attributes/new/?of=person&key=cart_total").content.decode()
    assert 'value="Cart total"' in page and 'value="cart_total"' in page


def test_a_change_keeps_the_key_and_what_has_its_usual_name_keeps_it_in_every_language(admin):
    asked = {"name": "Plan", "kind": "choice", "choices": "Free\nPro", "is_folded": "on"}
    admin.post("/settings/attributes/person/plan/", asked | {"key": "other", "of": "company"})
    row = Attribute.objects.get()
    assert (row.of, row.key, row.name, row.choices, row.is_folded) == (
        "person",
        "plan",
        "",
        ["Free", "Pro"],
        True,
    )


def test_an_attribute_is_moved_retired_and_brought_back(admin):
    define_attribute("person", "seats", name="Seats", kind="number")
    admin.post("/settings/attributes/person/seats/place/", {"to": "up"})
    assert list(definitions.standing_of("person")) == ["plan", "products", "seats", "spend"]
    contact = make_contact()
    contact.attributes = {"seats": 3}
    contact.save()
    assert "It is known of 1." in admin.get("/settings/attributes/person/seats/").content.decode()
    admin.post("/settings/attributes/person/seats/retirement/", {"values": "keep"})
    contact.refresh_from_db()
    assert contact.attributes == {"seats": 3}
    assert "seats" not in definitions.standing_of("person")
    assert admin.get("/settings/attributes/person/seats/").status_code == 404
    admin.post("/settings/attributes/person/seats/restoration/")
    assert definitions.standing_of("person")["seats"].name == "Seats"


def test_the_values_go_where_that_was_chosen(admin):
    contact = make_contact()
    contact.attributes = {"plan": "Pro", "size": 3}
    contact.save()
    page = admin.post("/settings/attributes/person/plan/retirement/", {"values": "drop"}, follow=True)
    assert "Plan is retired, and 1 value is deleted." in page.content.decode()
    contact.refresh_from_db()
    assert contact.attributes == {"size": 3}
