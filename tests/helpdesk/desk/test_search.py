import pytest

from helpdesk.desk.search import search_tickets
from tests.factories import make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


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
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("zipper", ["tent"]),
        ("zip", ["tent"]),  # the last word may be unfinished
        ("torn ZIPPER", ["tent"]),
        ("zipper small", []),
        ("boots", ["boots"]),
        ("bob@y.example", ["boots"]),
        ("ann@", ["tent"]),
        ("Ann", ["tent"]),
        ("", []),
        ("'; drop:* & !", []),
        ("\\ & |", []),
    ],
)
def test_tickets_are_found_by_words_names_and_addresses(agent, tickets, query, found):
    assert set(search_tickets(query, agent)) == {tickets[key] for key in found}


def test_a_number_finds_its_ticket(agent, tickets):
    for query in (f"{tickets['tent'].pk}", f"#{tickets['tent'].pk}"):
        assert tickets["tent"] in search_tickets(query, agent)


def test_search_never_leaves_what_the_agent_may_see(agent, desk):
    make_ticket(make_inbox(department=make_department("Legal", is_restricted=True)), subject="Secret merger")
    assert not search_tickets("merger", agent)
    assert "No ticket fits" in desk.get("/desk/search/?q=merger").content.decode()
