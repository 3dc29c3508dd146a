import pytest

from helpdesk.desk.filters.keys import KEYS
from helpdesk.desk.filters.suggesting import WORDS_FOR, suggest
from helpdesk.tickets.actions import tag_ticket
from tests.factories import by, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


def texts(typed, user):
    return [one.text for one in suggest(typed, user)[1]]


def test_every_filter_is_offered_with_words(agent):
    assert texts("", agent) == [f"{key}:" for key in KEYS]
    assert set(WORDS_FOR) == set(KEYS)


@pytest.mark.parametrize(
    ("typed", "begin", "expected"),
    [
        ("pri", 0, ["priority:"]),
        ("boots -st", 6, ["-status:"]),
        ("boots ", 6, []),
        ("is:open ta", 8, ["tag:"]),
        ("is:un", 0, ["is:unassigned", "is:unread"]),
        ("a priority:", 2, ["priority:low", "priority:normal", "priority:high", "priority:urgent"]),
        ("lang:it", 0, ["language:it"]),
        ("assignee:m", 0, ["assignee:me"]),
        ("department:sales", 0, ['department:"Sales team"']),
        ('department:"sales t', 0, ['department:"Sales team"']),
        ("-tag:bi", 0, ['-tag:"big order"']),
        ("from:ann", 0, ["from:ann@x.example"]),
        ("from:lee", 0, ["from:ann@x.example"]),
        ('"is:o', 5, []),
        ("foo:b", 0, []),
    ],
)
def test_what_may_follow_is_offered(agent, typed, begin, expected):
    ticket = make_ticket(
        make_inbox(department=make_department("Sales team")), email="ann@x.example", name="Ann Lee"
    )
    tag_ticket(ticket, tags=["big order"], by=by(agent))
    assert suggest(typed, agent)[0] == begin
    assert texts(typed, agent) == expected


def test_nobody_is_offered_what_only_others_may_know(agent):
    closed = make_inbox(department=make_department("Legal", is_restricted=True))
    tag_ticket(make_ticket(closed, email="ann@x.example", name="Ann Lee"), tags=["lawsuit"], by=by(agent))
    for typed in ("from:ann", "tag:law", "department:legal"):
        assert texts(typed, agent) == []


def test_the_list_is_drawn_for_the_box(desk):
    html = desk.get("/desk/search/suggestions/", {"q": "boots is:o"}).content.decode()
    assert 'data-text="is:open" data-from="6"' in html
