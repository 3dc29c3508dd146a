import pytest

from helpdesk.people.models import Contact
from helpdesk.tickets.models import Ticket
from tests.factories import customer_writes, make_department, make_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    inbox = make_inbox()
    return tuple(
        customer_writes(inbox, email=f"{name}@customer.example", name=name).ticket.contact
        for name in ("ann", "bob")
    )


def door(contact):
    return f"/api/v1/contacts/{contact.pk}/merger/"


def test_two_contacts_become_one_and_two_again(api, two):
    ann, bob = two
    Contact.objects.filter(pk=bob.pk).update(phone="+39 02 1234567")
    answer = api.post(door(bob), {"into": ann.pk, "take": ["name"]}, format="json")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["name"], shown["phone"]) == (ann.pk, "bob", "+39 02 1234567")
    assert len(shown["identities"]) == 2
    api.patch(f"/api/v1/contacts/{ann.pk}/", {"phone": "+39 051"}, format="json")
    parted = api.delete(door(bob))
    assert parted.status_code == 200
    assert (parted.json()["kept"]["name"], parted.json()["gone"]["id"]) == ("ann", bob.pk)
    assert [one.endswith("phone.") for one in parted.json()["left"]] == [True]
    again = api.delete(door(bob))
    assert (again.status_code, again.json()["type"]) == (409, "urn:helpdesk:problem:not_merged")


def test_what_can_not_be_merged_is_refused_with_its_reason(api, two):
    ann, bob = two
    assert api.delete(door(bob)).status_code == 404
    assert api.post(door(bob), {"into": 2**40}, format="json").status_code == 404
    assert api.post(door(bob), {"into": bob.pk}, format="json").status_code == 400
    hidden = customer_writes(make_inbox(address="b@example.com"), email="ann@customer.example").ticket
    Ticket.objects.filter(pk=hidden.pk).update(department=make_department("Legal", is_restricted=True))
    refused = api.post(door(bob), {"into": ann.pk}, format="json")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:helpdesk:problem:hidden_tickets")
    assert not Contact.objects.exclude(merged_into=None).exists()
