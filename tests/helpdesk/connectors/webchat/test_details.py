"""The address that a visitor leaves."""

from helpdesk.events.actor import SYSTEM
from helpdesk.people.merging import merge_contacts
from helpdesk.people.models import Contact
from helpdesk.tickets.participants import default_recipients
from tests.factories import make_inbox, make_ticket


def test_an_address_given_later_is_kept_and_identifies_nobody(browse):
    browser = browse()
    browser.write("Hello")
    assert browser.post("details", email="carla@customer.example", name="Carla").json() == {"kept": True}
    contact = Contact.objects.get()
    assert (contact.email, contact.name) == ("carla@customer.example", "Carla")
    assert not contact.identities.filter(kind="email").exists()


def test_an_address_given_before_anything_was_written_makes_no_contact(browse):
    assert browse().post("details", email="carla@customer.example").json() == {"kept": False}
    assert not Contact.objects.exists()


def test_a_verified_address_is_not_overwritten(browse):
    browser = browse()
    browser.write("Hello")
    contact = Contact.objects.get()
    contact.identities.create(kind="email", value="carla@customer.example", is_verified=True)
    Contact.objects.update(email="carla@customer.example")
    browser.post("details", email="thief@elsewhere.example")
    contact.refresh_from_db()
    assert contact.email == "carla@customer.example"


def test_no_claim_redirects_the_answers_to_somebody_who_writes_by_mail(browse):
    mail = make_ticket(make_inbox(), email="carla@customer.example")
    browser = browse()
    browser.write("Hello, it is me")
    merge_contacts(mail.contact, Contact.objects.latest("pk"), by=SYSTEM)
    browser.post("details", email="thief@elsewhere.example")
    browser.write("Answer there, please", email="thief@elsewhere.example")
    mail.refresh_from_db()
    assert default_recipients(mail).to == ("carla@customer.example",)
