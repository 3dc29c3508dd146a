"""Writing a phone call down at the desk."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from helpdesk import clock
from helpdesk.people.models import Contact
from helpdesk.tickets.models import Message, PhoneCall, Ticket
from tests.factories import customer_writes, make_agent, make_department, make_inbox

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket():
    ticket = customer_writes(make_inbox(address="shop@example.com")).ticket
    Contact.objects.filter(pk=ticket.contact_id).update(phone="+39 02 123 4567")
    return ticket


def filled(**fields):
    moment = localtime(clock.now() - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M")
    call = {"direction": "outgoing", "number": "+39 02 123 4567", "minutes": "4", "text": "He waits."}
    return call | {"started_at": moment} | fields


def test_a_call_stands_in_the_timeline_with_who_called_and_how_long(desk, ticket, agent):
    assert 'value="+39 02 123 4567"' in desk.get(f"/desk/tickets/{ticket.pk}/call/").content.decode()
    page = desk.post(f"/desk/tickets/{ticket.pk}/call/", filled(), headers=HTMX).content.decode()
    assert "We called" in page and "4 minutes" in page and "He waits." in page
    message = PhoneCall.objects.get().message
    assert f"/desk/messages/{message.pk}/call/" in page
    changed = desk.post(
        f"/desk/messages/{message.pk}/call/",
        {"number": "", "minutes": "6", "text": "She waits."},
        headers=HTMX,
    )
    assert "6 minutes" in changed.content.decode() and "She waits." in changed.content.decode()


def test_what_can_not_be_is_said_at_its_field_and_nothing_is_lost(desk, ticket):
    answer = desk.post(f"/desk/tickets/{ticket.pk}/call/", filled(number="call me"), headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#call")
    assert (
        "This is no phone number: call me" in answer.content.decode()
        and "He waits." in answer.content.decode()
    )
    assert not PhoneCall.objects.exists()


def test_a_colleague_may_not_correct_it(desk, ticket, client):
    desk.post(f"/desk/tickets/{ticket.pk}/call/", filled())
    message = PhoneCall.objects.get().message
    client.force_login(make_agent("Bob"))
    assert client.get(f"/desk/messages/{message.pk}/call/").status_code == 404
    assert (
        f"/desk/messages/{message.pk}/call/" not in client.get(f"/desk/tickets/{ticket.pk}/").content.decode()
    )
    note = Message.objects.filter(kind="incoming").first()
    assert client.get(f"/desk/messages/{note.pk}/call/").status_code == 404


def test_a_new_one_is_for_whoever_has_the_number_and_stands_under_the_phone(desk, ticket, agent):
    known = desk.get("/desk/calls/callers/?number=0039021234567").content.decode()
    assert f"/desk/tickets/{ticket.pk}/call/" in known and "This is <bdi>" in known
    form = filled(direction="incoming", number="02 1234567", subject="Two tents")
    answer = desk.post("/desk/calls/new/", form)
    begun = Ticket.objects.get(channel="phone")
    assert answer["Location"] == f"/desk/tickets/{begun.pk}/"
    assert (begun.contact, begun.assignee) == (ticket.contact, agent)
    page = desk.get("/desk/views/channel-phone/").content.decode()
    assert f'id="row-{begun.pk}"' in page and re.search(r'data-pile="channel-phone"', page)
    assert f'id="row-{begun.pk}"' in desk.get("/desk/search/?q=channel:phone").content.decode()
    assert desk.post("/desk/calls/new/", form | {"subject": ""}).status_code == 422


def test_a_number_tells_nothing_of_a_ticket_that_is_closed_to_the_agent(desk, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(department=make_department("Legal", is_restricted=True))
    assert "This is" not in desk.get("/desk/calls/callers/?number=0039021234567").content.decode()
    assert desk.get(f"/desk/tickets/{ticket.pk}/call/").status_code == 404
