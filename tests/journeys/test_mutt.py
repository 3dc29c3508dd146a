"""A customer who uses mutt: asks, answers the helpdesk's answer, and stays on one ticket."""

import shutil

import pytest
from playwright.sync_api import expect

from helpdesk.demo.models import SentMail
from helpdesk.people.models import Workspace
from helpdesk.tickets.models import Message, Ticket
from tests.factories import make_agent, make_inbox
from tests.journeys.conftest import PASSWORD
from tests.journeys.mutt import Mutt
from tests.journeys.outage import eventually

CARLA = "carla@customer.example"


@pytest.fixture
def carla(site, tmp_path) -> Mutt:
    assert shutil.which("mutt"), "mutt is needed: .ci/tools installs it."
    return Mutt(tmp_path, port=site.smtp_port, address=CARLA, name="Carla Verdi")


def test_a_customer_asks_and_answers_with_mutt(as_agent, carla):
    make_inbox(name="Fernweh Supply", address="support@example.com")
    Workspace.objects.update_or_create(pk=Workspace.ONLY, defaults={"undo_seconds": 0})
    carla.write("support@example.com", "Où est ma tente ?", "I ordered the Fjell 2 on Monday.\n")
    ticket = eventually(Ticket.objects.first)
    assert (ticket.subject, ticket.contact.name) == ("Où est ma tente ?", "Carla Verdi")

    desk = as_agent(make_agent("Alice Moreau", password=PASSWORD), f"/desk/tickets/{ticket.pk}/")
    desk.locator("#composer-text").fill("It left us this morning, Carla.")
    desk.locator("#send").click()
    carla.answer(bytes(eventually(SentMail.objects.first).raw), "It has arrived, thank you!")

    timeline = desk.locator("#timeline")
    expect(timeline).to_contain_text("It has arrived, thank you!", timeout=30_000)
    answer = ticket.messages.filter(kind=Message.Kind.INCOMING).last()
    assert answer.text == "It has arrived, thank you!", "what mutt quotes below is no new text"
    assert "It left us this morning" in answer.quoted
    assert answer.thread_reason == "address"
    assert Ticket.objects.count() == 1
    assert desk.problems == []
