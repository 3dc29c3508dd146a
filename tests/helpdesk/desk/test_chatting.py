"""A line of text into a chat goes out before anything is read for the agent's page."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.inboxes.contract import Sender
from helpdesk.tickets.models import LastLook
from helpdesk.tickets.writing import reply
from tests.factories import by, customer_writes, make_inbox

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "composer"}
FIELD = re.compile(r'<input[^>]* name="(\w+)" value="([^"]*)"([^>]*)>')


@pytest.fixture
def ticket(agent):
    chat, _mail = make_inbox("webchat"), make_inbox()
    sender = Sender("visitor", str(uuid4()), name="Mia", email="mia@customer.example")
    ticket = customer_writes(chat, sender=sender).ticket
    reply(ticket, "Which one?", by=by(agent))
    return ticket


def composer_of(desk, ticket):
    """The fields of the composer as a browser would send them, answering in the chat."""
    page = desk.get(reverse("desk:ticket", args=[ticket.pk])).content.decode()
    form = page[page.index("<reply-composer") : page.index("</reply-composer>")]
    fields = {name: value for name, value, more in FIELD.findall(form) if 'type="radio"' not in more}
    return fields | {"kind": "reply", "way": ticket.inbox_id}


def write(desk, ticket, **fields):
    path = reverse("desk:write", args=[ticket.pk])
    with CaptureQueriesContext(connection) as asked:
        answer = desk.post(path, fields, headers=HTMX)
    return answer, [one["sql"] for one in asked.captured_queries]


def before_it_was_stored(asked):
    return next(number for number, sql in enumerate(asked) if "INSERT INTO tickets_message" in sql)


def test_the_composers_line_is_stored_before_anything_is_read_for_the_page(desk, agent, ticket):
    form = composer_of(desk, ticket)
    answer, asked = write(desk, ticket, **form | {"text": "It left today."})
    stored = ticket.messages.latest("pk")
    page = answer.content.decode()
    assert (answer.status_code, stored.text, stored.inbox) == (200, "It left today.", ticket.inbox)
    assert before_it_was_stored(asked) <= 3, "\n".join(asked)  # who asks, a savepoint, the ticket
    assert f'id="message-{stored.pk}"' in page and f'name="last_seen" value="{stored.pk}"' in page
    assert form["client_uuid"] not in page  # the next line is another press of the button
    assert 'id="about"' not in page
    assert LastLook.objects.get(user=agent, ticket=ticket).message_id == stored.pk


@pytest.mark.parametrize(
    "more", [{"then": "close"}, {"kind": "note"}, {"text": "**Today.**"}, {"files": "a.pdf"}, {"way": ""}]
)
def test_what_is_more_than_a_line_goes_the_usual_way(desk, ticket, outbox, more):
    if "files" in more:
        more = {"files": SimpleUploadedFile("a.pdf", b"%PDF", content_type="application/pdf")}
    answer, asked = write(desk, ticket, **composer_of(desk, ticket) | {"text": "It left today."} | more)
    assert answer.status_code == 200
    assert not any("INSERT INTO tickets_message" in sql for sql in asked)  # as answering.py writes it
    assert ticket.messages.latest("pk").text.strip("*") in ("It left today.", "Today.")


def test_a_newer_line_of_the_customer_stops_it_with_the_draft_kept(desk, ticket):
    form = composer_of(desk, ticket)
    identity = ticket.contact.identities.get(kind="visitor")
    customer_writes(ticket.inbox, "Never mind!", sender=Sender("visitor", identity.value))
    answer, _asked = write(desk, ticket, **form | {"text": "We look for it."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "We look for it." in page and "Never mind!" in page
    assert not ticket.messages.filter(text="We look for it.").exists()
