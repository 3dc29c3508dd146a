"""An agent writes to somebody who looks around."""

from uuid import uuid4

import pytest
from django.urls import reverse

from helpdesk.events import names
from helpdesk.people.models import ContactIdentity
from helpdesk.people.visitors import sign_visitor
from helpdesk.tickets.models import Ticket
from helpdesk.visitors.table import row_of
from helpdesk.visitors.talking import TalksAlready, start_chat


def test_a_chat_begun_by_an_agent_is_a_ticket_in_the_widget_of_the_visitor(
    desk, alice, comes, names_of, outbox
):
    visitor = comes(language="it", referrer="https://search.example/?q=boots")
    answer = desk.post(reverse("visitors:chat", args=[visitor]), {"text": "Can I help?\nThey run small."})
    ticket = Ticket.objects.get()
    assert answer["Location"] == reverse("desk:ticket", args=[ticket.pk])
    assert (ticket.subject, ticket.assignee, ticket.channel) == (
        "Can I help? They run small.",
        alice,
        "webchat",
    )
    assert ticket.language == "it"
    assert ticket.attributes["page"] == "https://shop.example/boots"
    assert ticket.contact.identities.get().value == str(visitor)
    assert names.TICKET_QUEUED not in names_of(ticket)
    assert names.MESSAGE_REPLIED in names_of(ticket)
    assert row_of(visitor, alice).ticket == ticket


def test_the_visitor_s_page_hears_of_it_with_its_next_ping(
    client, desk, shop, comes, django_capture_on_commit_callbacks
):
    visitor = comes()
    token = sign_visitor(visitor, inbox=shop.pk)

    def ping() -> dict:
        return client.post(
            f"{reverse('webchat:here')}?inbox={shop.key}",
            {"url": "https://shop.example/boots", "tab": "a"},
            content_type="application/json",
            headers={"X-Visitor": token},
        ).json()

    assert (ping()["unread"], ping()["answer"]) == (0, None)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("visitors:chat", args=[visitor]), {"text": "Can I help <b>?"})
    told = ping()
    assert (told["unread"], told["answer"]["said"]) == (1, "Alice: Can I help <b>?")
    assert "Can I help &lt;b&gt;?" in told["answer"]["html"]
    client.post(
        f"{reverse('webchat:seen')}?inbox={shop.key}",
        {"message": told["answer"]["id"]},
        content_type="application/json",
        headers={"X-Visitor": token},
    )
    assert (ping()["unread"], ping()["answer"]) == (0, None)


def test_two_agents_don_t_begin_two_chats_with_one_visitor(desk, alice, comes):
    visitor = comes()
    row = row_of(visitor, alice)
    start_chat(row, "Can I help?", by=alice)
    with pytest.raises(TalksAlready):
        start_chat(row, "Can I help, too?", by=alice)
    refused = desk.post(reverse("visitors:chat", args=[visitor]), {"text": "Can I help, too?"})
    assert refused.status_code == 409
    assert "in a chat with them already" in refused.content.decode()
    assert Ticket.objects.count() == 1


def test_nothing_to_say_begins_nothing(desk, comes):
    refused = desk.post(reverse("visitors:chat", args=[comes()]), {"text": "  "})
    assert refused.status_code == 400
    assert "Write something first." in refused.content.decode()
    assert not Ticket.objects.exists() and not ContactIdentity.objects.exists()


def test_who_has_left_is_not_written_to_and_what_was_typed_stays(desk):
    refused = desk.post(reverse("visitors:chat", args=[uuid4()]), {"text": "Can I help?"})
    assert refused.status_code == 400
    assert "They have left the site." in refused.content.decode()
    assert not Ticket.objects.exists()
