import re
from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.tickets.actions import assign_ticket, close_ticket, mark_spam, prioritise_ticket, trash_ticket
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.promising import note_due
from tests.factories import by, make_agent, make_ticket

pytestmark = pytest.mark.django_db


def row_of(desk, ticket, query="number:"):
    page = desk.get("/desk/search/", {"q": f"{query}{ticket.pk}"}).content.decode()
    return re.search(rf'<li id="row-{ticket.pk}">.*?</li>', page, re.DOTALL)[0]


def test_what_a_customer_wrote_is_words_and_never_markup(desk):
    ticket = make_ticket(subject="<b>Hi</b> & bye", text="<script>alert(1)</script>", name='Eve "<i>"')
    row = row_of(desk, ticket)
    assert "&lt;b&gt;Hi&lt;/b&gt; &amp; bye" in row and "&lt;script&gt;" in row
    assert "<b>" not in row and "<script" not in row and "<i>" not in row


def test_a_row_says_the_first_thing_to_be_known_about_its_ticket(desk, agent):
    ticket, actor = make_ticket(), by(agent)
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=clock.now() - timedelta(hours=5))
    assert "is-warn" in row_of(desk, ticket) and "Waiting:" in row_of(desk, ticket)
    close_ticket(ticket, by=actor)
    assert ">Closed<" in row_of(desk, ticket)
    mark_spam(ticket, by=actor)
    assert ">Spam<" in re.sub("<svg.*?</svg>", "", row_of(desk, ticket))
    trash_ticket(ticket, by=actor)
    assert ">Trash<" in re.sub("<svg.*?</svg>", "", row_of(desk, ticket))


def test_a_row_says_until_when_something_is_promised(desk):
    ticket, now = make_ticket(), clock.now()
    for left, words, tone in ((30, "due in", "is-warn"), (300, "due in", ""), (-5, "overdue", "is-bad")):
        note_due(ticket.pk, now + timedelta(minutes=left))
        row = row_of(desk, ticket)
        assert words in row and f'<span class="chip {tone}" title="Promised until' in row
    note_due(ticket.pk, now + timedelta(days=3))
    assert "due in" not in row_of(desk, ticket), "that is no news yet"


def test_a_row_shows_how_urgent_it_is_or_else_who_has_it(desk, agent):
    ticket = make_ticket()
    assign_ticket(ticket, to=make_agent("Ben <Holt>"), by=by(agent))
    assert "with Ben &lt;Holt&gt;" in row_of(desk, ticket)
    prioritise_ticket(ticket, priority=4, by=by(agent))
    assert ">Urgent<" in row_of(desk, ticket) and "with Ben" not in row_of(desk, ticket)


def test_the_open_ticket_is_marked_in_the_list_beside_it(desk):
    ticket, other = make_ticket(email="a@x.example"), make_ticket(email="b@x.example")
    page = desk.get(f"/desk/tickets/{ticket.pk}/?view=open").content.decode()
    assert re.findall(r'data-ticket="(\d+)" aria-current="true"', page) == [str(ticket.pk)]
    assert f'href="/desk/tickets/{other.pk}/?view=open"' in page
