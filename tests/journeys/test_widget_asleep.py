"""A laptop that sleeps in the middle of a chat: nothing is lost, nothing is doubled, and the state line says how it is."""

import pytest
from playwright.sync_api import expect

from helpdesk.tickets.models import Message
from tests.factories import make_inbox
from tests.journeys.hosts import foreign_site
from tests.journeys.outage import bring_back, kill, listens
from tests.journeys.test_widget import answer, messages_of, write
from tests.journeys.widget import open_widget


@pytest.fixture
def shop(site, clean_start):
    inbox = make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply"})
    with foreign_site(site.url, inbox.key) as address:
        yield address


def lifecycle(page, state):
    """As the browser does it to a page of a sleeping machine, and to one that was long out of sight."""
    page.context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": state})


def test_a_laptop_that_slept_through_it_all_has_everything_once(visit, site, shop):
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "First line.")
    expect(thread.locator(".is-waiting")).to_have_count(0)
    expect(frame.locator("[data-state=live]")).to_be_visible()

    lifecycle(page, "frozen")
    page.context.set_offline(True)
    answer("Answered while it slept.")
    web = site.programs["web"]
    kill(web)  # the socket dies, and nobody is there to notice
    bring_back(web, lambda: listens(int(site.url.rpartition(":")[2])))
    answer("And once more.")
    page.context.set_offline(False)
    lifecycle(page, "active")

    for text in ("Answered while it slept.", "And once more."):
        expect(thread.get_by_text(text)).to_have_count(1, timeout=45_000)
    expect(frame.locator("[data-state=live]")).to_be_visible(timeout=45_000)
    write(frame, "Good morning.")
    expect(thread.locator(".is-waiting")).to_have_count(0, timeout=15_000)
    assert Message.objects.filter(kind="incoming").count() == 2
    assert thread.locator("[data-message]").count() == 4


def test_who_loses_the_net_is_told_and_what_they_write_goes_out_once(visit, shop):
    page = visit(shop)
    frame = open_widget(page)
    thread = messages_of(frame)
    write(frame, "First line.")
    expect(thread.locator(".is-waiting")).to_have_count(0)
    expect(
        frame.locator("[data-state=live]")
    ).to_be_visible()  # a socket that is still opening would open all the same
    page.context.set_offline(True)
    expect(frame.locator("[data-state=offline]")).to_be_visible()
    write(frame, "Written in the tunnel.")
    page.context.set_offline(False)
    expect(frame.locator("[data-state=live]")).to_be_visible(timeout=45_000)
    expect(thread.locator(".is-waiting")).to_have_count(0, timeout=15_000)
    assert thread.get_by_text("Written in the tunnel.").count() == 1
    assert Message.objects.filter(text="Written in the tunnel.").count() == 1
