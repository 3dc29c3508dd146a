from uuid import uuid4

import pytest
from django.db import IntegrityError

from helpdesk.people.contacts import add_identity, find_contact, find_or_create_contact
from helpdesk.people.models import Contact, User
from helpdesk.people.visitors import read_visitor, sign_visitor
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


def test_an_address_is_one_person_however_it_is_written():
    first = find_or_create_contact("email", "Carla@Customer.example ", name="Carla")
    again = find_or_create_contact("email", "carla@customer.example", name="C. Rossi", language="it")
    assert (again, Contact.objects.count()) == (first, 1)
    assert (again.name, again.language) == ("Carla", "it")


def test_a_second_identity_leads_to_the_same_person_and_can_not_be_taken_from_another():
    carla = find_or_create_contact("email", "carla@customer.example")
    mallory = find_or_create_contact("email", "mallory@customer.example")
    assert add_identity(carla, "telegram", "4711")
    assert not add_identity(mallory, "telegram", "4711")
    assert find_contact("telegram", "4711") == carla


def test_a_visitor_is_known_by_a_signed_token_only():
    visitor = uuid4()
    token = sign_visitor(visitor)
    assert read_visitor(token) == visitor
    assert read_visitor(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert read_visitor(visitor.hex) is None


def test_two_members_can_not_share_an_address_in_other_letters():
    make_agent("Alice", email="alice@shop.example")
    with pytest.raises(IntegrityError):
        User.objects.create(email="ALICE@shop.example", name="Other")
