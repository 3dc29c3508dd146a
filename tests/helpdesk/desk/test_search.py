import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.desk.hits import Wanted, hits_of, stretches_before
from helpdesk.desk.rows import PAGE
from helpdesk.desk.search import page_of_hits, search, search_tickets
from helpdesk.lexemes import STRETCHES
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.writing import add_note
from tests.factories import by, make_admin, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db
QUERIES_FOR_A_SEARCH = 10


@pytest.fixture
def tickets():
    inbox = make_inbox()
    return {
        "tent": make_ticket(
            inbox, text="The zipper is torn", subject="My tent", email="ann@x.example", name="Ann Lee"
        ),
        "boots": make_ticket(
            inbox, text="They are too small", subject="Boots", email="bob@y.example", name="Bob Ray"
        ),
        "parcel": make_ticket(
            inbox,
            text="Căutăm coletul 4711. 我的订单在哪里？",
            subject="Colet",
            email="ion@z.example",
            name="Ion Pop",
        ),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("zipper", ["tent"]),
        ("zip", ["tent"]),  # the last word may be unfinished
        ("torn ZIPPER", ["tent"]),
        ("tent zipper", ["tent"]),  # one in the subject, one in the text
        ("zipper small", []),
        ("boots", ["boots"]),
        ("bob@y.example", ["boots"]),
        ("ann@", ["tent"]),
        ("Ann", ["tent"]),
        ("cautam", ["parcel"]),
        ("4711", ["parcel"]),
        ("订单", ["parcel"]),
        ('"is torn"', ["tent"]),
        ('"torn is"', []),
        ('"too small" boots', ["boots"]),
        ("-zipper from:ann", []),
        ("-zipper from:bob", ["boots"]),
        ("are -tent", ["boots"]),
        ("from:lee zipper", ["tent"]),
        ("from:bob zipper", []),
        ("", []),
        ("'; drop:* & !", []),
        ("\\ & |", []),
        ("foo:bar", []),
    ],
)
def test_tickets_are_found_by_words_names_and_addresses(agent, tickets, query, found):
    assert set(search_tickets(query, agent)) == {tickets[key] for key in found}


def test_a_number_finds_its_ticket(agent, desk, tickets):
    number = tickets["tent"].pk
    for query in (f"{number}", f"#{number}", f"number:{number}"):
        assert tickets["tent"] in search_tickets(query, agent)
        assert f'data-ticket="{number}"' in desk.get("/desk/search/", {"q": query}).content.decode()


def test_search_never_leaves_what_the_agent_may_see(agent, desk):
    hidden = make_inbox(department=make_department("Legal", is_restricted=True))
    ticket = make_ticket(hidden, subject="Secret merger", name="Carla Secret", email="carla@secret.example")
    for query in (
        "merger",
        "from:carla",
        "carla@secret.example",
        f"{ticket.pk}",
        "is:open",
        '"Secret merger"',
    ):
        assert not search_tickets(query, agent)
        assert "No ticket fits" in desk.get("/desk/search/", {"q": query}).content.decode()
    assert search_tickets("merger", make_admin()).get() == ticket


def test_a_word_of_a_note_is_found_and_shown_where_it_stands(agent, desk, tickets):
    add_note(tickets["tent"], "Long ago. " * 30 + "Ask the <b>sewing</b> & mending shop.", by=by(agent))
    page = desk.get("/desk/search/?q=SEWING").content.decode()
    assert "Ask the &lt;b&gt;<mark>sewing</mark>&lt;/b&gt; &amp; mending" in page


def test_words_are_marked_in_subject_and_text(agent, tickets):
    rows = page_of_hits(search("tent zip", agent), agent, cursor="", size=10).rows
    assert (rows[0].found_subject, rows[0].found_snippet) == (
        "My <mark>tent</mark>",
        "The <mark>zipper</mark> is torn",
    )
    rows = page_of_hits(search("订单", agent), agent, cursor="", size=10).rows
    assert "我的<mark>订单</mark>在哪里" in rows[0].found_snippet


def test_what_is_not_understood_stands_over_the_list(desk, tickets):
    page = desk.get("/desk/search/", {"q": "is:quick boots"}).content.decode()
    assert "“is:quick” is not known. There are: open, closed" in page
    assert "data-ticket" not in page


def test_pages_of_hits_show_every_ticket_once_newest_match_first(agent):
    first = make_ticket(text="A zephyr", email="a@x.example")
    many = copies_of(first, 30, texts=("A zephyr blows", "Another", "The zephyr again"))
    seen, cursor, pages = [], "", 0
    while cursor or not pages:
        page = page_of_hits(search("zephyr ", agent), agent, cursor=cursor, size=7)
        seen += [row.pk for row in page.rows]
        cursor, pages = page.next_cursor, pages + 1
        assert pages < 10
    assert seen == [*sorted(many, reverse=True), first.pk]


def test_a_search_through_many_looks_at_some_and_goes_on():
    """None of the newest messages with the word is of a ticket that fits; a later page has the one that is."""
    wanted = make_ticket(text="A zephyr", email="a@x.example")
    messages_of(make_ticket(text="A zephyr", email="b@x.example"), ["A zephyr"] * 9)
    fits = Ticket.objects.filter(pk=wanted.pk)
    hits = hits_of(Wanted("'zephyr'"), fits, most=5, looked_at=(2, 3))
    assert (hits.found, bool(hits.go_on_before)) == ({}, True)
    hits = hits_of(Wanted("'zephyr'"), fits, most=5, before=hits.go_on_before, looked_at=(2, 30))
    assert (list(hits.found), hits.go_on_before) == ([wanted.pk], 0)


def test_few_tickets_left_by_the_filters_are_searched_whole():
    wanted = make_ticket(text="A zephyr", email="a@x.example")
    messages_of(make_ticket(text="A zephyr", email="b@x.example"), ["A zephyr"] * 9)
    fits = Ticket.objects.filter(pk=wanted.pk)
    hits = hits_of(Wanted("'zephyr'"), fits, most=5, among=[wanted.pk], looked_at=(2, 3))
    assert (list(hits.found), hits.go_on_before) == ([wanted.pk], 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6_000_000))
def test_stretches_cover_every_message_before_and_none_twice(end):
    parts, below = list(stretches_before(end)), end
    for stretch, limit in parts:
        assert limit == below
        ranges = [
            (int(n) * STRETCHES[name], (int(n) + 1) * STRETCHES[name])
            for name, n in re.findall(r"'(\w)\|(\d+)'", stretch)
        ]
        assert not ranges or max(ranges)[1] >= below > max(ranges)[0]
        below = min(ranges)[0] if ranges else 0
    assert below == 0


def copies_of(ticket, how_many, *, texts):
    fields = {
        f.attname: getattr(ticket, f.attname) for f in ticket._meta.concrete_fields if f.attname != "id"
    }
    made = Ticket.objects.bulk_create([Ticket(**fields) for _ in range(how_many)])
    for one in made:
        messages_of(one, texts)
    return [one.pk for one in made]


def messages_of(ticket, texts):
    at = datetime(2026, 11, 1, tzinfo=UTC)
    inbox = ticket.inbox_id
    Message.objects.bulk_create(
        Message(
            ticket=ticket, kind="note", inbox_id=inbox, channel="email", author_kind="agent", text=text,
            created_at=at + timedelta(seconds=n),
        )
        for n, text in enumerate(texts)
    )  # fmt: skip


def test_a_search_costs_the_same_number_of_queries_for_few_and_for_many(desk):
    first = make_ticket(text="A zephyr", email="a@x.example")
    few = queries_of(desk, "/desk/search/?q=zephyr is:open")
    copies_of(first, PAGE + 10, texts=["A zephyr"])
    assert queries_of(desk, "/desk/search/?q=zephyr is:open") <= few <= QUERIES_FOR_A_SEARCH


def queries_of(desk, path):
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("cursor", ["x", "p", "1_2", "-1", "9" * 40])
def test_a_cursor_of_another_list_is_refused(desk, tickets, cursor):
    assert desk.get("/desk/search/", {"q": "boots", "cursor": cursor}).status_code in (400, 422)
