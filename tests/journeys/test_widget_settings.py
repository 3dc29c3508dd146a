"""An admin gives the widget its look, sees it while typing, and the shop shows it without another line of code."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from helpdesk.inboxes.models import Inbox
from tests.factories import make_admin, make_inbox
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD
from tests.journeys.holding import held_back
from tests.journeys.hosts import site_of
from tests.journeys.outage import eventually
from tests.journeys.widget import widget_of

PAGE = '<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Boots</title></head><body><h1>Boots</h1>%s</body></html>'


@pytest.fixture
def inbox(clean_start):
    return make_inbox("webchat", name="Shop chat")


def preview_of(page):
    """The frame that is shown; there are two for the moment in which one takes the other's place."""
    return page.frame_locator("look-preview iframe:not([hidden])")


def test_the_look_is_seen_while_typing_and_stands_on_the_shop_when_it_is_saved(visit, site, as_agent, inbox):
    page = as_agent(make_admin("Ada", password=PASSWORD), f"/settings/inboxes/{inbox.pk}/look/")
    preview = preview_of(page)
    expect(preview.get_by_role("heading", name="How can we help?")).to_be_visible()
    page.get_by_label("Greeting").first.fill("Ahoy!")
    expect(preview.get_by_role("heading", name="Ahoy!")).to_be_visible()
    page.get_by_label("Colour", exact=True).fill("#ffe066")
    expect(page.get_by_text("This colour hardly stands out")).to_be_visible()
    page.get_by_label("Colour", exact=True).fill("#aa3355")
    expect(page.get_by_text("This colour hardly stands out")).to_be_hidden()
    page.get_by_text("A sign and words").click()
    page.get_by_label("Words on the button").first.fill("Ask us")
    page.get_by_text("Start of the line").click()
    page.locator("summary", has_text="Italiano").click()
    with held_back(page, is_drawing) as wait:
        page.locator("[name=it_intro]").fill("Ciao, di che si tratta?")
        wait()
        page.wait_for_timeout(700)  # what was typed is drawn, too, while its tab is still on its way
    expect(preview.get_by_text("Ciao, di che si tratta?")).to_be_visible()
    page.locator("[name=it_greeting]").fill("Ahoi!")
    assert Inbox.objects.get(pk=inbox.pk).options == {}  # looking saves nothing
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Sites show it within five minutes.")).to_be_visible()
    assert page.problems == []

    page.get_by_role("navigation", name="Parts of the inbox").get_by_role("link", name="General").click()
    line = page.locator("copy-text code").inner_text()
    with site_of(PAGE % line) as shop:
        customer = visit(shop)
        customer.wait_for_selector("[data-helpdesk]", state="attached")
        height = customer.viewport_size["height"]
        # At the left, in the colour; and longer than a circle.
        eventually(lambda: colour_at(customer, 30, height - 48) == (0xAA, 0x33, 0x55))
        eventually(lambda: colour_at(customer, 70, height - 22) == (0xAA, 0x33, 0x55))
        customer.mouse.click(48, height - 48)
        frame = widget_of(customer)
        expect(frame.get_by_role("heading", name="Ahoi!")).to_be_visible()
        assert customer.problems == []


def is_drawing(request) -> bool:
    return request.method == "POST" and request.url.endswith("/preview/")


def colour_at(page, x: int, y: int) -> tuple[int, ...]:
    picture = Image.open(io.BytesIO(page.screenshot()))
    return picture.convert("RGB").getpixel((x, y))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_other_screens_are_accessible(as_agent, inbox, scheme):
    page = as_agent(
        make_admin("Ada", password=PASSWORD), f"/settings/inboxes/{inbox.pk}/behaviour/", color_scheme=scheme
    )
    page.get_by_label("Allowed sites").fill("https://shop.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Inbox.objects.get().options["allowed_sites"] == ["https://shop.example"]
    assert violations(page) == []
    page.get_by_role("link", name="Identity").click()
    page.get_by_role("button", name="Make a secret").click()
    expect(page.get_by_text(Inbox.objects.get().secrets["identity_secret"])).to_be_visible()
    assert violations(page) == []
    assert page.problems == []
