"""A query and its form say the same."""

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.desk.counting import piles_of
from helpdesk.desk.filters.keys import KEYS
from helpdesk.desk.filters.panel import Panel, entries_for, panel_for, query_of
from helpdesk.desk.filters.parsing import parse_query
from helpdesk.desk.search import search
from helpdesk.people.attributes.definitions import define_attribute
from helpdesk.people.models import User
from helpdesk.tickets.actions import assign_ticket, close_ticket, mark_spam, trash_ticket
from tests.factories import by, make_agent, make_department, make_inbox, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def defined() -> None:
    define_attribute(
        "person", "plan", name="Plan", kind="choice", choices=["gold", "free", 'half "and" half']
    )
    define_attribute("company", "seats", name="Seats", kind="number")
    define_attribute("person", "Café visits", name="", kind="text")


def sent(panel: Panel) -> QueryDict:
    """What a browser sends of the form as it stands."""
    data = QueryDict(mutable=True)
    for entry in (*panel.entries, *panel.attributes):
        values = [*entry.chosen] if entry.kind in ("one", "many") else [entry.value]
        data.setlist(entry.name, values)
    data["rest"] = panel.rest
    return data


def standing(query: str, user: User) -> dict[str, str]:
    panel = panel_for(query, user)
    stands = {entry.name: entry.value for entry in (*panel.entries, *panel.attributes) if entry.chosen}
    return stands | ({"rest": panel.rest} if panel.rest else {})


def test_what_has_a_field_stands_in_it_and_all_else_stays_as_it_was_written(agent, defined):
    make_department("Billing")
    asked = (
        'is:open is:unread status:new priority:high channel:phone assignee:Alice department:Billing from:"Ann Lee" '
        "tag:invoice tag:vip has:note waiting:>4h after:2026-11-01 created:>2026-10-01 created:<2026-10-09 language:it "
        'attribute.plan:gold company.seats:>50 -tag:old "torn boots" before:7d status:nonsense zip'
    )
    assert standing(asked, agent) == {
        "is": "open, unread", "status": "new", "priority": "high", "channel": "phone", "assignee": "Alice",
        "department": "Billing", "from": "Ann Lee", "tag": "invoice, vip", "has": "note", "waiting": ">4h",
        "after": "2026-11-01", "created>": "2026-10-01", "created<": "2026-10-09", "language": "it",
        "attribute.plan": "gold", "company.seats": ">50", "rest": '-tag:old "torn boots" before:7d status:nonsense zip',
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "stands"),
    [
        ("assignee:Ali", {"rest": "assignee:Ali"}),  # the beginning of a name is not one to choose
        (
            "assignee:me assignee:none",
            {"assignee": "me", "rest": "assignee:none"},
        ),  # either: a field holds one
        ("from:ann from:bob", {"from": "ann", "rest": "from:bob"}),
        ("waiting:<4h", {"rest": "waiting:<4h"}),
        ("created:2026-11-01", {"rest": "created:2026-11-01"}),
        ("created:>7d", {"rest": "created:>7d"}),
        ("tag:a,b", {"rest": "tag:a,b"}),
        ("is:Open", {"rest": "is:Open"}),
        ("is:mine", {"rest": "is:mine"}),
        ("-is:open", {"rest": "-is:open"}),
        ("attribute.nothing:5", {"rest": "attribute.nothing:5"}),
        ("#42", {"rest": "number:42"}),
        ("", {}),
    ],
)
def test_what_a_field_could_not_say_again_stays_text(agent, defined, asked, stands):
    assert standing(asked, agent) == stands


def test_what_somebody_writes_into_a_field_can_be_read_again(agent):
    data = QueryDict(mutable=True)
    data.setlist("from", [' //Ann “the”  "Lee" '])
    data.setlist("tag", ["invoice, a b ,, "])
    data.setlist("assignee", [""])
    data.setlist("rest", ['torn  "new   boots'])
    query = query_of(data, agent)
    assert query == 'from:"//Ann the Lee" tag:invoice tag:"a b" torn "new boots'
    assert standing(query, agent) == {
        "from": "//Ann the Lee",
        "tag": "invoice, a b",
        "rest": 'torn "new boots"',
    }


def test_teammates_are_told_apart_where_a_name_is_not_enough(agent):
    for email in ("ben@shop.example", "ben2@shop.example"):
        make_agent("Ben Holt", email=email)
    make_agent('The "one"', email="one@shop.example")
    choices = next(entry for entry in entries_for(agent) if entry.name == "assignee").choices
    assert [value for value, _ in choices][2:] == [
        str(agent), "ben2@shop.example", "ben@shop.example", "one@shop.example",
    ]  # fmt: skip


value = st.one_of(
    st.text(st.characters(blacklist_categories=("Cs",)), max_size=12),
    st.sampled_from(["open", "me", "none", "Alice", "gold", ">4h", "2026-11-01", ">2026-11-01", "a,b", 'a"b', "//x", "-x"]),
)  # fmt: skip
names = st.sampled_from([*KEYS, "attribute.plan", "company.seats", "attribute.café_visits", "x"])
piece = st.one_of(
    value,
    st.builds("{}:{}".format, names, value),
    st.builds('-{}:"{}"'.format, names, value),
    st.builds('{}:"{}"'.format, names, value),
)


def test_the_form_of_any_query_says_that_query(agent, defined):
    @given(st.lists(piece, max_size=8).map(" ".join))
    @settings(max_examples=200, deadline=None)
    def same(text: str) -> None:
        asked = parse_query(text)
        again = parse_query(query_of(sent(panel_for(text, agent)), agent), longest=10_000)
        assert set(again.terms) == set(asked.terms)

    same()


def test_the_panel_of_each_pile_finds_what_lies_in_it(agent):
    inbox = make_inbox(department=make_department("Billing & more"))
    tickets = [make_ticket(inbox, email=f"c{n}@customer.example") for n in range(5)]
    assign_ticket(tickets[0], to=agent, by=by(agent))
    close_ticket(tickets[1], by=by(agent))
    mark_spam(tickets[2], by=by(agent))
    trash_ticket(tickets[3], by=by(agent))
    piles = [pile for _, group in piles_of(agent) for pile in group]
    assert len(piles) >= 12 and all(pile.query for pile in piles)
    for pile in piles:
        found = search(pile.query, agent)
        assert not found.problems
        assert set(found.tickets) == set(pile.tickets(agent)), pile.key


def test_the_panel_is_a_page_without_scripts_and_leads_to_the_search(desk):
    page = desk.get(reverse("desk:filters"), {"q": 'is:open "torn <b>"', "sort": "oldest"}).content.decode()
    assert 'value="open" checked' in page and "&quot;torn &lt;b&gt;&quot;" in page and "<html" in page
    sent = {
        "show": "yes",
        "sort": "oldest",
        "is": ["open", "unread"],
        "assignee": "me",
        "from": "",
        "rest": "boots",
    }
    answer = desk.get(reverse("desk:filters"), sent)
    assert (answer.status_code, answer["Location"]) == (
        302, reverse("desk:search") + "?q=assignee%3Ame+is%3Aopen+is%3Aunread+boots",
    )  # fmt: skip


def test_over_the_list_the_tickets_take_its_place_and_the_dialog_is_gone(desk):
    ticket = make_ticket(subject="Torn boots")
    listed = desk.get(reverse("desk:pile", args=["mine"])).content.decode()
    assert f'href="{reverse("desk:filters")}?q=is%3Aopen+assignee%3Ame"' in listed
    headers = {"HX-Request": "true", "HX-Target": "dialogs"}
    assert "<dialog" in desk.get(reverse("desk:filters"), {"q": "is:open"}, headers=headers).content.decode()
    sent = {"show": "yes", "is": "open"}
    answer = desk.get(reverse("desk:filters"), sent, headers=headers | {"HX-Target": "main"})
    assert answer["HX-Push-Url"] == reverse("desk:search") + "?q=is%3Aopen"
    assert (
        f'id="row-{ticket.pk}"' in answer.content.decode()
        and '<div id="dialogs" hx-swap-oob' in answer.content.decode()
    )


def test_what_would_be_cut_off_is_refused_and_all_of_it_stays(desk):
    sent = {"show": "yes", "is": "open", "rest": " ".join(f"boots{n}" for n in range(80))}
    answer = desk.get(reverse("desk:filters"), sent, headers={"HX-Request": "true", "HX-Target": "main"})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#filters")
    page = answer.content.decode()
    assert "characters too long" in page and page.count("boots") == 80
