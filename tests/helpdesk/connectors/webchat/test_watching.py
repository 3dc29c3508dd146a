"""A page says that somebody is in it: by a hidden frame of ours, and without a write to the database."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk import clock
from helpdesk.connectors.webchat.scripts import version_of, watch_script
from helpdesk.inboxes.models import Inbox
from helpdesk.people.presence import (
    LEAVING,
    note_all,
    note_leaving,
    note_presence,
    presence_of,
    who_is_here,
)
from helpdesk.people.visitors import read_token, sign_visitor
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.writing import reply
from tests.factories import by, make_agent, make_inbox

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


class Page:
    """A page of the shop with the hidden frame in it."""

    def __init__(self, inbox: Inbox, token: str = "") -> None:
        self.inbox, self.token, self.client = inbox, token, Client()

    def ping(self, url: str = "https://shop.example/boots", **frame: object):
        answer = self.client.post(
            f"{reverse('webchat:here')}?inbox={self.inbox.key}&lang=en",
            {"url": url, "title": "Boots", "tab": "a", "visits": 1} | frame,
            content_type="application/json",
            headers={"X-Visitor": self.token, "User-Agent": FIREFOX},
        )
        self.token = answer.json().get("token", self.token)
        return answer

    @property
    def visitor(self) -> UUID:
        return read_token(self.token).visitor


@pytest.fixture
def page(widget) -> Page:
    return Page(widget)


def test_a_ping_says_where_a_visitor_is(page, widget):
    answer = page.ping(title="Boots and more", referrer="https://search.example/", language="it-CH", visits=3)
    assert answer.json() == {"token": page.token, "unread": 0, "answer": None, "again": 15}
    [here] = who_is_here(widget.pk, most=10)
    assert (here.visitor, here.url, here.title) == (
        page.visitor.hex,
        "https://shop.example/boots",
        "Boots and more",
    )
    assert (here.referrer, here.language, here.visits) == ("https://search.example/", "it-CH", 3)
    assert here.browser == "Firefox, Windows"


def queries_of(*pings: Callable[[], object]) -> int:
    """How often the database is asked. What a process keeps at hand it reads anew every few seconds, which may fall into
    one try, and into the next, but not into three."""
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            for ping in pings:
                ping()
        counts.append(len(asked))
    return min(counts)


def test_a_ping_asks_the_database_for_nothing(page):
    others = iter([Page(page.inbox) for _ in range(3)])
    page.ping()
    assert (
        queries_of(page.ping, lambda: page.ping("https://shop.example/tents"), lambda: next(others).ping())
        == 0
    )


def test_somebody_who_comes_back_is_looked_up_once(page, browse):
    browser = browse()
    browser.write("Hello")
    page.token = browser.token
    page.ping()
    assert queries_of(page.ping) == 0


def test_a_page_that_is_closed_is_gone_soon_and_the_next_page_goes_on_with_the_same_visit(page, widget):
    page.ping()
    page.ping(gone=True)
    page.ping("https://shop.example/tents", tab="b")
    [here] = who_is_here(widget.pk, most=10)
    assert [step[1] for step in here.trail] == ["https://shop.example/tents", "https://shop.example/boots"]
    page.ping(gone=True, tab="a")  # late: the next page has said that it is there
    assert presence_of(page.visitor)["tab"] == "b"


def test_who_goes_on_before_the_first_answer_comes_does_not_stay_as_two_for_long(page, widget):
    page.ping()
    with clock.frozen_at(clock.now() + timedelta(seconds=31)):
        assert who_is_here(widget.pk, most=10) == []
    page.ping()
    with clock.frozen_at(clock.now() + timedelta(seconds=31)):
        assert len(who_is_here(widget.pk, most=10)) == 1


def test_the_more_are_there_the_more_seldom_they_give_a_sign_and_nobody_vanishes_meanwhile(page, widget):
    assert page.ping().json()["again"] == 15
    ago = clock.now() - timedelta(minutes=1)
    with clock.frozen_at(ago):
        note_all({uuid4(): {"inbox": widget.pk, "url": "https://shop.example/"} for _ in range(3_000)})
    page.ping()
    caches["process"].clear()
    assert page.ping().json()["again"] == 45
    with clock.frozen_at(clock.now() + timedelta(seconds=2 * 45 + 30)):
        assert presence_of(page.visitor)


def test_with_redis_away_a_ping_is_answered_all_the_same(page, settings):
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    answer = page.ping()
    assert answer.status_code == 200 and page.token


def test_the_hidden_page_may_be_framed_by_the_sites_of_its_inbox_alone(client, widget):
    widget.options = {"allowed_sites": ["https://shop.example"]}
    widget.save()
    answer = client.get(reverse("webchat:watch", args=[widget.key]))
    assert "frame-ancestors 'self' https://shop.example" in answer["Content-Security-Policy"]
    assert reverse("webchat:watch_script", args=[version_of(watch_script())]) in answer.content.decode()
    assert "X-Frame-Options" not in answer


def test_what_is_unread_in_one_inbox_is_no_card_on_the_pages_of_another(widget, browse):
    browser = browse()
    ticket = Ticket.objects.get(pk=browser.write("Hello").json()["ticket"])
    reply(ticket, "For these pages alone.", by=by(make_agent("Alice")))
    here, elsewhere = Page(widget, browser.token), Page(make_inbox("webchat", name="Outlet"))
    elsewhere.token = sign_visitor(here.visitor, inbox=elsewhere.inbox.pk)
    assert here.ping().json()["unread"] == 1
    assert (elsewhere.ping().json()["unread"], elsewhere.ping().json()["answer"]) == (0, None)
    assert here.ping().json()["unread"] == 1


def test_nothing_goes_along_to_the_pages_of_another_inbox(page, widget):
    outlet = Page(make_inbox("webchat", name="Outlet"))
    page.ping(who={"name": "Carla"}, referrer="https://search.example/")
    outlet.token = sign_visitor(page.visitor, inbox=outlet.inbox.pk)
    outlet.ping("https://outlet.example/", hidden=True, tab="b")  # a tab behind moves nobody
    assert presence_of(page.visitor)["inbox"] == widget.pk
    outlet.ping("https://outlet.example/", tab="b")
    here = presence_of(page.visitor)
    assert (here["inbox"], here["url"]) == (outlet.inbox.pk, "https://outlet.example/")
    assert ([step[1] for step in here["trail"]], here["said"], here["referrer"]) == (
        ["https://outlet.example/"],
        {},
        "",
    )


def test_a_forged_token_is_somebody_new_and_asks_the_database_for_nothing(page):
    page.ping()
    assert queries_of(lambda: Page(page.inbox, "forged:token").ping()) == 0


def test_by_coming_as_ever_new_visitors_one_address_does_not_fill_redis(page, widget, settings):
    settings.RATELIMIT_ENABLE = True
    with clock.frozen_at(clock.now().replace(second=0)):
        page.ping()
        answers = {Page(widget, "forged").ping().status_code for _ in range(300)}
        assert answers == {200, 429}
        assert page.ping().status_code == 200
        assert len(who_is_here(widget.pk, most=1_000)) == 300


def test_a_sign_that_was_on_its_way_when_the_page_was_closed_brings_nobody_back(widget):
    visitor, closed = uuid4(), clock.now().timestamp()
    note_presence(visitor, inbox=widget.pk, url="https://shop.example/", tab="one")
    note_leaving(visitor, "one")
    note_all({visitor: {"inbox": widget.pk, "moment": closed}})
    assert presence_of(visitor)["until"] < clock.now().timestamp() + LEAVING + 1
    note_all({visitor: {"inbox": widget.pk, "moment": clock.now().timestamp()}})
    assert presence_of(visitor)["until"] > clock.now().timestamp() + LEAVING + 1
