"""A bubble that was drawn before is drawn again wherever anything of it is another."""

import re

import pytest
from django.template import engines
from django.urls import reverse

from helpdesk import clock
from helpdesk.desk.templatetags.bubbles import drawings
from helpdesk.drawing.kept import TOKEN, Drawings
from helpdesk.tickets.models import Delivery, Message
from helpdesk.tickets.writing import add_note, reply
from tests.factories import by, make_admin, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    drawings.known.clear()


def shown(desk, ticket):
    page = desk.get(f"/desk/tickets/{ticket.pk}/", headers={"HX-Request": "true", "HX-Target": "ticket"})
    return re.search(r'<div id="timeline".*?<p class="typing"', page.content.decode(), re.DOTALL)[0]


def without_tokens(html):
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", html)


def test_a_kept_bubble_is_the_one_that_was_drawn_and_bears_the_page_s_own_token(desk, agent):
    ticket = make_ticket()
    add_note(ticket, "Look <b>at</b> this.", by=by(agent))
    first = shown(desk, ticket)
    assert len(drawings.known) == 2
    again = shown(desk, ticket)
    assert len(drawings.known) == 2 and TOKEN not in again
    assert without_tokens(first) == without_tokens(again)
    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)', html) for html in (first, again)]
    assert all(len(set(one)) == 1 for one in tokens) and tokens[0] != tokens[1]


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({"text": "Taken out."}, "Where is my parcel?", "Taken out."),
        ({"quoted": "> before"}, "Where is my parcel?", "Whole text, with quotes"),
        ({"sender_check": "fail"}, "Where is my parcel?", "Unverified sender"),
    ],
)
def test_what_was_changed_in_the_row_is_shown_at_once(desk, change, before, after):
    ticket = make_ticket()
    assert before in shown(desk, ticket) and after not in shown(desk, ticket)
    Message.objects.filter(ticket=ticket).update(**change)
    assert after in shown(desk, ticket)


def test_a_deleted_message_is_gone(desk, agent):
    ticket = make_ticket()
    note = add_note(ticket, "Secret.", by=by(agent))
    assert "Secret." in shown(desk, ticket)
    note.delete()
    assert "Secret." not in shown(desk, ticket)


def test_how_far_an_answer_is_and_at_which_recipient_is_shown_at_once(desk, agent, outbox):
    ticket = make_ticket()
    answer = reply(ticket, "It left.", by=by(agent))
    Message.objects.filter(pk=answer.pk).update(state="sent")
    assert "Sent" in shown(desk, ticket)
    Message.objects.filter(pk=answer.pk).update(state="delivered")
    assert "Delivered" in shown(desk, ticket)
    Delivery.objects.filter(message=answer).update(state="delayed", error="greylisted")
    assert "greylisted" in shown(desk, ticket)


def test_each_reader_has_their_own_language_clock_and_rights(client, agent, desk):
    with clock.frozen_at(clock.now().replace(minute=41)):  # at a full hour none is written
        ticket = make_ticket()
    drawn_at = re.compile(r">(\d\d?:\d\d[^<]*)</time>")
    english = drawn_at.search(shown(desk, ticket))[1]
    agent.language, agent.time_zone = "it", "Asia/Kolkata"
    agent.save()
    italian = shown(desk, ticket)
    assert drawn_at.search(italian)[1] != english and "Perché" in italian
    message = Message.objects.select_related("survey", "call").get(pk=ticket.messages.get().pk)
    message.raw_id, message.recipients, message.has_files = 7, [], False
    template = engines["django"].from_string("{% load bubbles %}{% bubble message %}")
    drawn = [template.render({"message": message, "user": user}) for user in (make_admin(), agent)]
    assert [reverse("workspace:raw", args=[7]) in html for html in drawn] == [True, False]


def test_no_more_are_kept_than_there_is_room_for():
    drawings = Drawings(most=2)
    for number in range(5):
        assert drawings.get(number, "", lambda number=number: f"drawing {number}") == f"drawing {number}"
        assert len(drawings.known) <= 2
