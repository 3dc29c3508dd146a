"""The scripts that sites include, and what a site tells of its visitor's deeds."""

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.connectors.webchat.look import launcher_of, launcher_words, look_of
from helpdesk.events.models import Event
from helpdesk.people.bans import ban_visitor
from helpdesk.people.deeds import KEPT_FOR, deeds_of, key_of, note_deed, redis
from helpdesk.people.visitors import read_visitor
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_department, make_inbox

LOOK = {
    "colour": "#ffd000",
    "side": "start",
    "launcher": "words",
    "launcher_words": "Ask us",
    "watches_visitors": True,
}


def script(client, name, *arguments):
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    return answer.content.decode()


def test_the_inbox_s_own_script_brings_its_look_along(client, widget):
    widget.options = LOOK | {"texts": {"it": {"launcher_words": "Chiedici"}}}
    widget.save()
    own = script(client, "webchat:loader_of", widget.key)
    assert (
        f'"inbox":"{widget.key}","colour":"#ffd000","on":"#000000","side":"start","speaks":1,"visitors":1'
        in own
    )
    assert '"en":"Ask us","it":"Chiedici","ro":"Ask us","zh":"Ask us"' in own
    assert '"LOOK"' not in own


def test_a_look_of_defaults_says_the_key_alone(widget):
    assert launcher_of(widget) == {"inbox": widget.key}
    assert launcher_words(widget) == {}


@pytest.mark.parametrize(
    "options", [{"colour": "red}"}, {"side": "x"}, {"launcher": 1}, {"texts": [], "launcher": "words"}]
)
def test_what_is_no_look_is_left_out(widget, options):
    widget.options = options
    assert set(launcher_of(widget)) <= {"inbox", "speaks"}
    assert launcher_words(widget) == {}


def test_texts_cannot_end_the_script_or_leave_their_quotes(client, widget):
    widget.options = {"launcher": "words", "launcher_words": '</script>"; alert(1); "'}
    widget.save()
    own = script(client, "webchat:loader_of", widget.key)
    assert "</script" not in own
    assert json.dumps('"; alert(1); "')[1:-1] in own


def test_the_frame_s_texts_are_those_of_its_language(client, widget):
    widget.options = {"greeting": "Hello", "intro": "Ask", "texts": {"it": {"greeting": "Ciao"}}}
    assert (look_of(widget, "it").greeting, look_of(widget, "it").intro) == ("Ciao", "Ask")
    assert look_of(widget, "en").greeting == "Hello"
    widget.save()
    page = client.get(reverse("webchat:frame", args=[widget.key]), {"lang": "it"}).content.decode()
    assert "Ciao" in page


def test_a_script_that_has_not_changed_is_not_sent_again(client, widget):
    first = client.get(reverse("webchat:loader_of", args=[widget.key]))
    tag = {"If-None-Match": first["ETag"]}
    assert client.get(reverse("webchat:loader_of", args=[widget.key]), headers=tag).status_code == 304
    widget.options = {"colour": "#ffd000"}
    widget.save()
    assert client.get(reverse("webchat:loader_of", args=[widget.key]), headers=tag).status_code == 200


@pytest.mark.parametrize("name", ["webchat:loader_of", "webchat:intercom_of", "webchat:chatwoot_of"])
def test_there_is_no_script_of_an_inbox_that_is_none_or_off(client, widget, name):
    assert client.get(reverse(name, args=["nobody"])).status_code == 404
    assert client.get(reverse(name, args=[make_inbox("email").key])).status_code == 404
    widget.is_active = False
    widget.save()
    assert client.get(reverse(name, args=[widget.key])).status_code == 404


@pytest.mark.parametrize("name", ["webchat:intercom", "chatwoot"])
def test_the_scripts_of_others_have_the_loader_in_them_and_the_inbox_where_it_is_in_the_address(
    client, widget, name
):
    plain = script(client, name)
    own = script(client, f"webchat:{name.removeprefix('webchat:')}_of", widget.key)
    assert "attachShadow" in plain
    assert widget.key not in plain
    assert widget.key in own
    assert '"LOOK"' not in plain + own


def test_chatwoot_s_script_is_where_its_snippet_looks_for_it():
    assert reverse("chatwoot") == "/packs/js/sdk.js"
    assert reverse("webchat:chatwoot_of", args=["KEY"]) == "/widget/KEY/packs/js/sdk.js"


# -- deeds


def test_what_a_visitor_did_is_kept_for_the_team_and_nothing_of_it_in_the_database(browse):
    browser = browse()
    with CaptureQueriesContext(connection) as queries:
        assert browser.post("track", event="Cart", data={"total": 120, "nested": {"a": 1}}).status_code == 200
        assert browser.post("track", event="Signed up").status_code == 200
    assert not [query for query in queries if not query["sql"].startswith("SELECT")]
    deeds = deeds_of([read_visitor(browser.token)])
    assert [(deed.name, deed.details) for deed in deeds] == [("Signed up", ""), ("Cart", "total: 120")]


def test_what_they_did_stands_in_their_open_conversation(browse, client):
    browser, other = browse(), browse()
    browser.write("Where is it?")
    browser.post("track", event="Ordered", data={"total": 120, "plan": "pro"})
    other.post("track", event="Left")
    told = Event.objects.get(name="visitor.did")
    assert told.ticket_id == Ticket.objects.get().pk
    client.force_login(make_agent())
    page = client.get(f"/desk/tickets/{told.ticket_id}/").content.decode()
    assert "on the site: Ordered (plan: pro, total: 120)" in page


def test_what_somebody_banned_does_is_no_fact(browse):
    browser = browse()
    browser.write("Where is it?")
    ban_visitor(read_visitor(browser.token), name="Mallory", by=make_agent())
    browser.post("track", event="Ordered")
    assert not Event.objects.filter(name="visitor.did").exists()


def test_beside_a_ticket_stand_no_deeds_of_pages_that_are_closed_to_the_agent(browse, client):
    browser = browse()
    browser.post("messages", text="Hello", uuid=uuid4().hex)
    visitor = read_visitor(browser.token)
    closed = make_department("Board", is_restricted=True)
    elsewhere = make_inbox("webchat", name="Board", department=closed)
    note_deed(visitor, "Read the minutes", inbox=elsewhere.pk)
    note_deed(visitor, "Filled the cart", inbox=make_inbox("webchat", name="Outlet").pk)
    client.force_login(make_agent())
    page = client.get(f"/desk/tickets/{Ticket.objects.get().pk}/").content.decode()
    assert "Filled the cart" in page and "Read the minutes" not in page


def test_only_the_last_deeds_are_kept(browse):
    browser = browse()
    for number in range(25):
        browser.post("track", event=f"Deed {number}")
    deeds = deeds_of([read_visitor(browser.token)])
    assert [deed.name for deed in deeds[:2]] == ["Deed 24", "Deed 23"]
    assert len(deeds) == 20


def test_a_deed_needs_a_name_and_a_token(browse):
    browser = browse()
    assert browser.post("track", event=" ").json()["field"] == "event"
    assert browser.post("track", event=7).status_code == 400
    browser.token = "x"
    assert browser.post("track", event="Cart").status_code == 403


def test_deeds_are_forgotten_after_a_week(browse):
    browser = browse()
    browser.post("track", event="Cart")
    left = redis().ttl(key_of(read_visitor(browser.token)))
    assert KEPT_FOR - 60 < left <= KEPT_FOR
