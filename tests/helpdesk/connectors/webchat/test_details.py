"""The address that a visitor leaves."""

from helpdesk.people.models import Contact


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
