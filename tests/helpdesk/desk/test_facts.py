"""What is known of the customer, read and changed beside the conversation."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.desk.models import Undo
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.inboxes.contract import Sender
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.attributes.facts import facts_of
from helpdesk.people.models import Company
from helpdesk.people.presence import note_presence
from tests.factories import customer_writes, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket():
    return make_ticket(name="Carla Rossi")


def address(ticket, key, of="person", query=""):
    return f"/desk/tickets/{ticket.pk}/facts/{of}/{key}/{query}"


def opened(desk, ticket, key, of="person"):
    """The form as it is drawn, and the mark of what it has shown."""
    page = desk.get(address(ticket, key, of), headers=HTMX).content.decode()
    return page, re.search(r'name="seen" value="([^"]*)"', page)[1]


def save(desk, ticket, key, value, *, of="person", seen=None, headers=HTMX):
    seen = opened(desk, ticket, key, of)[1] if seen is None else seen
    return desk.post(address(ticket, key, of), {"value": value, "seen": seen}, headers=headers)


def pane(desk, ticket):
    return desk.get(f"/desk/tickets/{ticket.pk}/").content.decode()


def test_a_value_is_changed_in_its_place_told_and_taken_back(desk, ticket, agent):
    answer = save(desk, ticket, "plan", " Pro ")
    page = answer.content.decode()
    assert page.rstrip().endswith("</div>") and page.count("autofocus") == 1
    assert "Plan is saved." in page
    ticket.contact.refresh_from_db()
    assert ticket.contact.attributes == {"plan": "Pro"}
    event = Event.objects.get(name=names.CONTACT_CHANGED)
    assert (event.ticket_id, event.actor_id, event.data["fields"]) == (ticket.pk, agent.pk, ["plan"])
    taken = desk.post(f"/desk/undo/{Undo.objects.get().pk}/", headers=HTMX).content.decode()
    assert "Taken back." in taken or answer.status_code == 200
    ticket.contact.refresh_from_db()
    assert ticket.contact.attributes == {}


def test_what_somebody_changed_since_is_not_taken_back(desk, ticket, client):
    save(desk, ticket, "plan", "Pro")
    undo = Undo.objects.get()
    save(desk, ticket, "plan", "Free")
    said = desk.post(f"/desk/undo/{undo.pk}/", headers=HTMX).content.decode()
    assert "Not taken back: Alice has changed this meanwhile." in said
    ticket.contact.refresh_from_db()
    assert ticket.contact.attributes == {"plan": "Free"}


def test_a_value_that_fits_no_type_is_put_back_as_it_was(desk, ticket):
    ticket.contact.attributes = {"spend": "a lot"}
    ticket.contact.save()
    assert "does not fit its type" in pane(desk, ticket)
    save(desk, ticket, "spend", "12.50")
    desk.post(f"/desk/undo/{Undo.objects.get().pk}/", headers=HTMX)
    ticket.contact.refresh_from_db()
    assert ticket.contact.attributes == {"spend": "a lot"}


def test_what_does_not_fit_is_refused_with_what_was_typed(desk, ticket):
    answer = save(desk, ticket, "spend", "a lot")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a number, such as 12 or 9.50." in page and 'value="a lot"' in page


def test_two_who_change_the_same_see_one_another(desk, ticket):
    seen = opened(desk, ticket, "plan")[1]
    save(desk, ticket, "plan", "Pro")
    answer = save(desk, ticket, "plan", "Free", seen=seen)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Alice has changed this meanwhile." in page and "Now it is <bdi>Pro</bdi>" in page
    assert 'value="Free"' in page
    again = re.search(r'name="seen" value="([^"]*)"', page)[1]
    assert save(desk, ticket, "plan", "Free", seen=again).status_code == 200


def test_without_scripts_the_form_is_a_page_and_leads_back(desk, ticket):
    page = desk.get(address(ticket, "plan", query="?view=open")).content.decode()
    assert "<html" in page and "fact-value" in page
    answer = save(desk, ticket, "plan", "Pro", headers={})
    assert answer["Location"] == f"/desk/tickets/{ticket.pk}/"
    assert "Plan is saved." in pane(desk, ticket)


def test_what_nobody_has_defined_and_what_is_ours_can_t_be_changed(desk, ticket):
    ticket.contact.attributes = {"cart": "3", "no_surveys": True, "claims": {"shoe": "42"}}
    ticket.contact.save()
    for key in ("cart", "no_surveys", "claims", "shoe"):
        assert desk.get(address(ticket, key), headers=HTMX).status_code == 404
    page = pane(desk, ticket)
    assert "no_surveys" not in page and "claims" not in page
    assert "cart" in page and "shoe" in page


def test_a_ticket_of_a_closed_department_changes_nobody(desk):
    ticket = make_ticket(make_inbox(department=make_department("Board", is_restricted=True)))
    assert desk.post(address(ticket, "name"), {"value": "X", "seen": "-"}).status_code == 404


def test_the_pane_costs_no_question_more_with_twenty_attributes(desk, ticket):
    def asked():
        desk.get(f"/desk/tickets/{ticket.pk}/", headers=HTMX | {"HX-Target": "ticket"})
        with CaptureQueriesContext(connection) as found:
            desk.get(f"/desk/tickets/{ticket.pk}/", headers=HTMX | {"HX-Target": "ticket"})
        return len(found)

    few = asked()
    ticket.contact.company = Company.objects.create(name="Acme", attributes={"size": "9"})
    ticket.contact.attributes = {f"a{number}": number for number in range(20)}
    ticket.contact.save()
    for number in range(20):
        define_attribute("person", f"a{number}", name=f"No. {number}", kind="number")
    define_attribute("company", "size", name="Size", kind="number")
    assert asked() == few
    assert "No. 19" in pane(desk, ticket) and "Size" in pane(desk, ticket)


def test_what_is_known_of_a_company_is_saved_for_all_its_people(desk, ticket):
    define_attribute("company", "seats", name="Seats", kind="number")
    assert desk.get(address(ticket, "seats", "company"), headers=HTMX).status_code == 404
    save(desk, ticket, "company", "Acme")
    page = save(desk, ticket, "seats", "12", of="company").content.decode()
    assert "Seats is saved, for everybody of Acme." in page
    assert Company.objects.get().attributes == {"seats": 12}


@pytest.mark.parametrize(
    ("kind", "raw", "shown"),
    [("yes_no", "yes", '<option value="true" selected>'), ("choice", "pro", '<option value="Pro" selected>'),
     ("date", "2026-05-31T10:00:00Z", 'value="2026-05-31"'), ("number", "1234.5", 'value="1,234.50"')],
)  # fmt: skip
def test_the_form_begins_with_what_stands_there(desk, ticket, kind, raw, shown):
    choices = ["Free", "Pro"] if kind == "choice" else []
    define_attribute("person", "level", name="Level", kind=kind, choices=choices)
    ticket.contact.attributes = {"level": raw}
    ticket.contact.save()
    assert shown in opened(desk, ticket, "level")[0]


def test_a_link_leads_away_and_a_script_does_not(desk, ticket):
    define_attribute("person", "crm", name="CRM", kind="link")
    ticket.contact.attributes = {"crm": "https://crm.example/7"}
    ticket.contact.save()
    assert 'href="https://crm.example/7"' in pane(desk, ticket)
    ticket.contact.attributes = {"crm": "javascript:alert(1)"}
    ticket.contact.save()
    assert 'href="javascript' not in pane(desk, ticket)


def test_what_a_site_says_without_a_proof_can_be_confirmed(desk, ticket):
    ticket.contact.attributes = {"claims": {"plan": "Pro"}}
    ticket.contact.save()
    assert facts_of(ticket.contact).find("person", "plan").is_claimed
    form, seen = opened(desk, ticket, "plan")
    assert 'value="Pro"' in form
    save(desk, ticket, "plan", "Pro", seen=seen)
    ticket.contact.refresh_from_db()
    assert ticket.contact.attributes["plan"] == "Pro"


def test_where_they_are_on_the_site_is_asked_again(desk):
    visitor, inbox = uuid4(), make_inbox("webchat")
    ticket = customer_writes(inbox, sender=Sender("visitor", str(visitor)), external_id="a:1").ticket
    assert "Not now" in desk.get(f"/desk/tickets/{ticket.pk}/here/").content.decode()
    note_presence(visitor, inbox=inbox.pk, url="https://shop.example/", title="Boots and more")
    assert "Boots and more" in desk.get(f"/desk/tickets/{ticket.pk}/here/").content.decode()


def test_an_address_that_a_visitor_claims_is_not_proved_by_opening_and_keeping_it(desk):
    sender = Sender("visitor", str(uuid4()), name="Mia", email="mia@customer.example")
    ticket = customer_writes(make_inbox("webchat"), sender=sender, external_id="a:1").ticket
    save(desk, ticket, "email", "mia@customer.example")
    assert ticket.contact.identities.count() == 1


def test_leaving_shows_the_row_as_it_stands(desk, ticket):
    make_agent("Ben")
    page = desk.get(address(ticket, "plan", query="?leave=1"), headers=HTMX).content.decode()
    assert "fact-form" not in page and page.count("autofocus") == 1
