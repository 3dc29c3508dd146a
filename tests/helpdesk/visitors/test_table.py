"""The desk's table of who is on the site now."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from helpdesk import clock
from helpdesk.connectors.webchat.identity import hash_of, make_secret
from helpdesk.people.models import Company, Workspace
from helpdesk.people.presence import LIFETIME, OUT_OF_SIGHT, count_here
from helpdesk.tickets.actions import assign_ticket
from helpdesk.tickets.writing import reply
from helpdesk.visitors import table
from helpdesk.visitors.rows import State
from helpdesk.visitors.table import Asked, read_asked, row_of, table_for
from tests.factories import by, make_admin, make_agent, make_department, make_inbox


def states(user, **asked) -> dict[str, State]:
    return {row.here.visitor: row.state for row in table_for(user, Asked(**asked)).rows}


def test_who_needs_somebody_stands_first(alice, comes, writes):
    looks, covered, waits, talks = comes(), comes(is_hidden=True), comes(), comes()
    writes(waits)
    ticket = writes(talks)
    assign_ticket(ticket, to=alice, by=by(alice))
    reply(ticket, "They run true to size.", by=by(alice))
    shown = table_for(alice, Asked())
    assert [(row.visitor, row.state) for row in shown.rows] == [
        (waits, State.WAITING),
        (talks, State.CHATTING),
        (looks, State.BROWSING),
        (covered, State.IDLE),
    ]
    assert shown.rows[1].with_whom == alice
    assert (shown.total, shown.rest) == (4, 2)


def test_who_stays_on_one_page_for_long_is_idle_and_a_talk_is_over_some_time_after_its_last_word(
    alice, comes, writes
):
    still, talked = uuid4(), uuid4()
    start = clock.now()
    ticket = writes(talked)
    reply(ticket, "They do.", by=by(alice))
    for minutes in range(0, 41, 10):
        with clock.frozen_at(start + timedelta(minutes=minutes)):
            comes(visitor=still)
            comes(visitor=talked, url=f"https://shop.example/{minutes}")
    with clock.frozen_at(start + timedelta(minutes=40)):
        assert states(alice) == {still.hex: State.IDLE, talked.hex: State.BROWSING}


def test_who_gives_no_sign_of_life_is_gone(alice, comes):
    start = clock.now()
    visitor = comes()
    with clock.frozen_at(start + timedelta(seconds=LIFETIME - 1)):
        assert list(states(alice)) == [visitor.hex]
    with clock.frozen_at(start + timedelta(seconds=LIFETIME + 1)):
        assert states(alice) == {}
        assert row_of(visitor, alice) is None


def test_a_page_out_of_sight_may_be_silent_for_longer_since_browsers_hold_its_timers_back(alice, comes):
    start = clock.now()
    visitor = comes(is_hidden=True)
    with clock.frozen_at(start + timedelta(seconds=OUT_OF_SIGHT - 1)):
        assert list(states(alice)) == [visitor.hex]
    with clock.frozen_at(start + timedelta(seconds=OUT_OF_SIGHT + 1)):
        assert states(alice) == {}


def test_a_tab_out_of_sight_moves_nobody_away_from_the_one_in_sight(alice, comes):
    visitor = comes()
    comes(visitor=visitor, url="https://shop.example/old", is_hidden=True, tab="b")
    row = row_of(visitor, alice)
    assert (row.path, row.state) == ("shop.example/boots", State.BROWSING)
    assert len(row.trail) == 1


def test_who_goes_on_to_another_inbox_s_pages_is_counted_there_alone(shop, comes):
    outlet = make_inbox("webchat", name="Outlet")
    visitor = comes()
    comes(inbox=outlet, visitor=visitor)
    assert (count_here(shop.pk), count_here(outlet.pk)) == (0, 1)


def test_it_is_narrowed_by_inbox_department_state_page_and_by_who_is_known(alice, shop, comes, writes):
    other = make_inbox("webchat", name="Outlet", department=make_department("Outlet"))
    boots = comes(title="Boots")
    tents = comes(url="https://shop.example/tents", title="Zelte", said={"name": "Carla"})
    there = comes(inbox=other)
    writes(there, inbox=other)
    assert set(states(alice)) == {boots.hex, tents.hex, there.hex}
    assert set(states(alice, inbox=shop.pk)) == {boots.hex, tents.hex}
    assert set(states(alice, department=other.department_id)) == {there.hex}
    assert set(states(alice, only="waiting")) == {there.hex}
    assert set(states(alice, only="known")) == {tents.hex}
    assert set(states(alice, page="TENTS")) == set(states(alice, page="zelte")) == {tents.hex}


def test_it_is_sorted_as_asked(alice, comes):
    start = clock.now()
    for seconds, visits in ((0, 1), (10, 7), (20, 3)):
        with clock.frozen_at(start + timedelta(seconds=seconds)):
            comes(visits=visits, url=f"https://shop.example/{9 - visits}")
    with clock.frozen_at(start + timedelta(seconds=21)):
        orders = {
            order: [row.here.visits for row in table_for(alice, Asked(order=order)).rows]
            for order in table.ORDERS
        }
    assert orders["new"] == [3, 7, 1]
    assert orders["long"] == [1, 7, 3]
    assert orders["visits"] == [7, 3, 1]
    assert orders["page"] == [7, 3, 1]


def test_with_very_many_only_those_who_need_somebody_are_listed(alice, comes, writes):
    waits = comes()
    writes(waits)
    gone = uuid4()
    writes(gone)
    Workspace.get()
    Workspace.objects.update(busy_visitors=50)
    for _ in range(50):
        comes()
    shown = table_for(alice, Asked())
    assert shown.is_busy
    assert [row.visitor for row in shown.rows] == [waits]
    assert (shown.total, shown.rest) == (51, 50)


def test_it_asks_the_database_as_often_for_many_as_for_one(
    alice, comes, writes, django_assert_max_num_queries
):
    for _ in range(20):
        writes(comes(), name="Carla", email="carla@acme.example")
    with django_assert_max_num_queries(7):
        assert len(table_for(alice, Asked()).rows) == 20


def test_the_company_is_the_contact_s_or_the_one_of_their_mail_address(alice, comes, writes):
    Company.objects.create(name="Acme", domain="acme.example")
    people = {name: comes() for name in ("ann@acme.example", "bob@nobody.example", "eve@gmail.com")}
    for address, visitor in people.items():
        writes(visitor, email=address)
    found = {row.name: row.company for row in table_for(alice, Asked()).rows}
    assert found == {"ann@acme.example": "Acme", "bob@nobody.example": "nobody.example", "eve@gmail.com": ""}


def test_a_name_that_only_the_site_says_is_told_as_a_claim(alice, comes):
    said, proved = comes(said={"name": "Carla"}), comes(said={"name": "Dario"}, is_signed=True)
    rows = {row.visitor: row for row in table_for(alice, Asked()).rows}
    assert (rows[said].name, rows[said].is_claimed) == ("Carla", True)
    assert (rows[proved].name, rows[proved].is_claimed) == ("Dario", False)


def test_a_hash_proves_the_id_and_not_the_name_beside_it(alice, shop, client):
    secret = make_secret(shop)
    who = {"user_id": "7", "hash": hash_of(secret, "7"), "name": "The Director", "plan": "pro"}
    frame = {"url": "https://shop.example/", "tab": "a", "who": who}
    client.post(f"{reverse('webchat:here')}?inbox={shop.key}", frame, content_type="application/json")
    [row] = table_for(alice, Asked()).rows
    assert (row.name, row.is_claimed) == ("The Director", True)
    assert sorted(row.said) == [("plan", "pro", False), ("user_id", "7", True)]


def test_visitors_of_a_closed_department_s_inbox_are_for_its_members(alice, comes):
    member = make_agent("Berta")
    closed = make_inbox("webchat", department=make_department("Board", members=(member,), is_restricted=True))
    visitor = comes(inbox=closed)
    assert states(alice) == {}
    assert row_of(visitor, alice) is None
    assert list(states(member)) == list(states(make_admin())) == [visitor.hex]


def test_of_a_ticket_in_a_closed_department_an_outsider_sees_that_there_is_one_and_no_more(
    alice, comes, writes, desk
):
    board = make_department("Board", is_restricted=True)
    visitor = comes()
    ticket = writes(visitor, text="A secret", name="Carla Rossi", email="carla@acme.example")
    ticket.department = board
    ticket.save()
    row = row_of(visitor, alice)
    assert (row.ticket, row.is_hidden, row.contact, row.company) == (None, True, None, "")
    assert row_of(visitor, make_admin()).name == "Carla Rossi"
    table = desk.get(reverse("visitors:visitors")).content.decode()
    assert "Carla" not in table and "acme" not in table
    page = desk.get(reverse("visitors:visitor", args=[visitor])).content.decode()
    assert "Another department is in a chat with them." in page
    assert reverse("desk:ticket", args=[ticket.pk]) not in page
    assert reverse("visitors:chat", args=[visitor]) not in page and "Carla" not in page
    writes(visitor, inbox=make_inbox("webchat", name="Outlet"))
    assert row_of(visitor, alice).name == "Carla Rossi"


@pytest.mark.parametrize(
    "query", [{"inbox": "x", "department": "²"}, {"only": "cats", "order": "luck"}, {"inbox": "9" * 40}]
)
def test_an_address_that_makes_no_sense_asks_for_everybody(query):
    assert read_asked(query) == Asked()


def test_the_page_and_its_parts(desk, alice, comes):
    visitor = comes(
        title="Boots <b>",
        said={"plan": "gold"},
        zone="Europe/Rome",
        language="it-CH",
        browser="Firefox, Windows",
    )
    address = reverse("visitors:visitor", args=[visitor])
    whole = desk.get(address, {"order": "new"}).content.decode()
    assert "Boots &lt;b&gt;" in whole and "Europe/Rome" in whole and "gold" in whole and "Italian" in whole
    news = desk.get(address, headers={"HX-Target": "visitors"}).content.decode()
    assert "<html" not in news and 'id="visitor-facts"' in news and "hx-swap-oob" in news
    alone = desk.get(address, headers={"HX-Target": "visitor"}).content.decode()
    assert "<table" not in alone and "Start a chat" in alone
    assert desk.get(reverse("visitors:count")).json() == {"here": 1}
    gone = desk.get(reverse("visitors:visitor", args=[uuid4()])).content.decode()
    assert "They have left the site." in gone


def test_the_local_time_is_the_visitor_s_and_not_the_agent_s(desk, alice, comes):
    alice.time_zone = "Europe/Rome"
    alice.save()
    with clock.frozen_at(datetime(2026, 3, 2, 9, 30, tzinfo=UTC)):
        page = desk.get(f"/desk/visitors/{comes(zone='Asia/Tokyo')}/").content.decode()
    assert "<dd>6:30 p.m. " in page
    assert "10:30 a.m." in page  # when they came, by the agent's own clock


@pytest.mark.parametrize("zone", ["America", "../../etc/passwd", "Mars/Olympus", "a" * 40])
def test_what_a_browser_says_of_its_time_zone_breaks_nobodys_screen(desk, comes, zone):
    visitor = comes(zone=zone)
    assert desk.get(reverse("visitors:visitors")).status_code == 200
    answer = desk.get(reverse("visitors:visitor", args=[visitor]))
    assert answer.status_code == 200
    assert "Local time" not in answer.content.decode()
