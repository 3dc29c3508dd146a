"""Who a page says its visitor is: proved, seen on every device; forged, refused in words and shown nothing."""

import json

import pytest
from playwright.sync_api import expect

from helpdesk.connectors.webchat.identity import hash_of, make_secret
from tests.factories import make_inbox
from tests.journeys.hosts import foreign_site
from tests.journeys.test_widget import messages_of, write
from tests.journeys.widget import open_widget, wait_until, widget_of


@pytest.fixture
def inbox(clean_start):
    return make_inbox("webchat", name="Shop")


@pytest.fixture
def shop(site, inbox):
    with foreign_site(site.url, inbox.key) as address:
        yield address


def identify(page, **who):
    page.wait_for_selector("[data-helpdesk]", state="attached")
    page.evaluate(
        f"""() => {{ window.errors = []; helpdesk('on', 'error', (said) => errors.push(said));
        helpdesk('identify', {json.dumps(who)}) }}"""
    )


def test_a_proved_customer_sees_their_chat_on_another_device_and_a_spoofer_sees_nothing(visit, shop, inbox):
    secret = make_secret(inbox)
    phone = visit(shop)
    identify(phone, user_id="42", name="Carla", hash=hash_of(secret, "42"))
    frame = open_widget(phone)
    messages_of(frame)
    write(frame, "My secret")
    expect(frame.locator(".message--mine:not(.is-waiting)")).to_have_count(1)

    laptop = visit(shop)
    frame = open_widget(laptop)  # first as anybody, then the page says who they are
    thread = messages_of(frame)
    assert "secret" not in thread.inner_text()
    identify(laptop, user_id="42", hash=hash_of(secret, "42"))
    expect(thread).to_contain_text("My secret")
    write(frame, "From the laptop")
    expect(messages_of(widget_of(phone))).to_contain_text("From the laptop")  # live, on the other device

    for forged in ({"hash": hash_of(secret, "43")}, {"hash": "0" * 64}, {"jwt": "e30.e30.x"}):
        spoofer = visit(shop)
        identify(spoofer, user_id="42", **forged)
        frame = open_widget(spoofer)
        thread = messages_of(frame)
        wait_until(spoofer, "errors.length > 0")
        assert spoofer.evaluate("errors[0]") == "The proof of this visitor's identity is wrong or too old."
        assert any("The proof of this visitor's identity" in said for said in spoofer.problems)
        write(frame, "Show me")
        expect(frame.locator(".message--mine:not(.is-waiting)")).to_have_count(1)
        assert "secret" not in thread.inner_text()
        spoofer.context.close()
