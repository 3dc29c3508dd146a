"""A message of ours on a foreign site with the strictest policy: it comes when its condition is true, once, and counts."""

import pytest
from playwright.sync_api import expect

from funnel.tallies.refresh import refresh
from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.models import Event
from helpdesk.proactive.models import ProactiveMessage, ProactiveSending
from helpdesk.proactive.saving import save_message
from helpdesk.tickets.models import Ticket
from tests.factories import make_admin, make_agent, make_inbox
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD, PHONE
from tests.journeys.hosts import POLICY, site_of
from tests.journeys.outage import eventually
from tests.journeys.widget import wait_until, widget_of

TEXT = "Is anything in the way? Ask us about payment, delivery or your order: we are here."
PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><title>Boots and more</title>
<meta name="viewport" content="width=device-width"></head>
<body><h1>Boots and more</h1><p><a href="/checkout">To the checkout</a> <a href="/">Back</a></p><p><input aria-label="Card number"></p>
<script src="{site}/widget/loader.js" data-inbox="{key}" data-visitors async></script></body></html>"""


@pytest.fixture
def inbox(clean_start):
    return make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply", "watches_visitors": True})


@pytest.fixture
def message(inbox) -> ProactiveMessage:
    conditions = [
        {"field": "visit_page", "op": "contains", "value": "/checkout"},
        {"field": "page_seconds", "op": "at_least", "value": "1"},
    ]
    dana = make_agent("Dana Ek")
    return save_message(
        ProactiveMessage(name="Stuck", inbox=inbox, text=TEXT, sender=dana, conditions=conditions)
    )


@pytest.fixture
def shop(site, inbox, message):
    page = PAGE.format(site=site.url, key=inbox.key, lang="en", dir="ltr")
    with site_of(page, policy=POLICY.format(site=site.url)) as address:
        yield address


def watcher_of(page):
    """The hidden frame, once it is heard of."""
    while not (found := [frame for frame in page.frames if "/widget/watch/" in frame.url]):
        page.wait_for_event("framenavigated")
    return found[0]


def card_on(page):
    return watcher_of(page).locator("[data-teaser]")


def is_sign(answer) -> bool:
    """Whether this is the answer to a sign of life; the last word of a page that closes is none."""
    return "/widget/api/here/" in answer.url and '"gone"' not in (answer.request.post_data or "")


def offered_on(page, address: str) -> list[int]:
    """Go there: the messages whose rules the server sends along with its first answer."""
    with page.expect_response(is_sign) as answer:
        page.goto(address)
    return [rule["message"] for rule in answer.value.json().get("messages", [])]


def go_to_checkout(page) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name="To the checkout").click()


def test_it_comes_when_its_condition_is_true_is_answered_counted_and_not_seen_again(
    visit, as_agent, shop, message
):
    page = visit()
    assert offered_on(page, shop) == [message.pk]
    expect(card_on(page)).to_have_count(0)  # not on this page
    assert not ProactiveSending.objects.exists()

    go_to_checkout(page)
    page.get_by_label("Card number").focus()
    card = card_on(page)
    expect(card).to_contain_text("Dana Ek")
    expect(watcher_of(page).get_by_role("status")).to_contain_text("Is anything in the way?")
    wait_until(page, "document.activeElement.matches('input')")  # what they were writing goes on
    size = card.bounding_box()
    assert 60 < size["height"] < 160 and size["y"] + size["height"] < 800 - 80

    go_to_checkout(page)  # it goes along to the next page
    expect(card_on(page)).to_be_visible()
    assert Event.objects.filter(name=names.PROACTIVE_SENT).count() == 1

    card_on(page).get_by_role("button", name="Dana Ek").click()
    frame = widget_of(page)
    thread = frame.get_by_role("log")
    expect(thread.locator("[data-said-first]")).to_contain_text(TEXT)
    box = frame.get_by_role("textbox", name="Write a message…")
    box.fill("My card is refused")
    box.press("Enter")
    expect(thread.locator(".is-waiting")).to_have_count(0)
    eventually(Event.objects.filter(name=names.PROACTIVE_REPLIED).exists)
    assert thread.locator("[data-message]").first.get_attribute("data-said-first") == str(message.pk)

    assert offered_on(page, f"{shop}/checkout") == []  # once
    frame = widget_of(page)
    expect(frame.get_by_role("log").locator("[data-said-first]")).to_have_count(1)
    expect(card_on(page)).to_have_count(0)
    page.evaluate(
        "helpdesk('open', {text: 'Begun', bubble: {id: 1, html: '<p data-foreign data-message=1>x</p>'}})"
    )
    expect(frame.get_by_role("textbox", name="Write a message…")).to_have_value("Begun")
    expect(frame.locator("[data-foreign]")).to_have_count(0)  # no page draws on our origin
    assert page.problems == []
    is_counted(as_agent, message)


def is_counted(as_agent, message) -> None:
    admin = as_agent(make_admin(password=PASSWORD), "/settings/messages/")
    assert violations(admin) == []
    row = admin.locator(f"#message-{message.pk}")
    expect(row.locator("dd")).to_have_text(["1", "1 100.0 %", "1 100.0 %"])
    admin.goto(f"/settings/messages/{message.pk}/")
    expect(admin.locator("card-preview [data-author]")).to_have_text("Dana Ek")
    admin.get_by_label("What the card says").fill("Need a hand?")
    expect(admin.locator("card-preview [data-text]")).to_have_text("Need a hand?")
    assert violations(admin) == []
    admin.goto(f"/desk/tickets/{Ticket.objects.get().pk}/")
    expect(admin.locator(".line", has_text="opened our message")).to_contain_text("Is anything in the way?")
    refresh(clock.now(), wait=True)
    admin.goto("/funnel/")
    expect(admin.get_by_text("1 proactive message sent")).to_be_visible()


def test_quiet_while_they_pay_then_closed_it_stays_away_on_a_phone_too(visit, shop, message):
    message.conditions = message.conditions["lines"][:1]
    save_message(message)
    page = visit(viewport=PHONE, has_touch=True)
    assert offered_on(page, shop) == [message.pk]
    page.evaluate("() => helpdesk('quiet')")
    for step in ("/checkout/pay", "/checkout/pay/card"):  # a site of one page
        with page.expect_response(
            lambda answer, step=step: is_sign(answer) and step in answer.request.post_data
        ):
            page.evaluate("(path) => history.pushState({}, '', path)", step)
    assert not ProactiveSending.objects.exists()
    page.evaluate("() => helpdesk('quiet', false)")
    card = card_on(page)
    expect(card).to_be_visible()
    size = card.bounding_box()
    assert size["x"] >= 0 and size["x"] + size["width"] <= PHONE["width"]
    with page.expect_response(lambda answer: "/widget/api/proactive/" in answer.url):
        card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
    assert offered_on(page, f"{shop}/checkout") == []
    expect(card_on(page)).to_have_count(0)
    sending = ProactiveSending.objects.get()
    assert sending.dismissed_at and not sending.opened_at
    assert page.problems == []


ADDRESS = "https://shop.example/Checkout/pay/?step=2#card"


COMPARED = [  # how, with what, and whether it is there
    ("contains", "checkout", True),
    ("contains", "cart", False),
    ("contains_not", "cart", True),
    ("contains_not", "PAY", False),
    ("starts", "/checkout", True),
    ("starts", "https://shop.example/", True),
    ("starts", "/pay", False),
    ("is", "/checkout/pay", True),
    ("is", "/checkout", False),
    ("like", "/checkout/*", True),
    ("like", "*/pay/", True),
    ("like", "https://*/checkout/*step=2*", True),
    ("like", "/checkout/*/pay", False),
    ("like", "/pay*", False),
    ("like", "*a" * 60, False),
]


def test_rules_are_tried_as_people_write_them_and_one_timer_is_enough(visit):
    page = visit("/login/")
    page.evaluate("async () => { window.rules = await import('/static/widget/teaser.js'); }")

    def left(conditions: list[dict], place: dict, **more) -> str:
        told = [{"if": conditions} | more, place]
        return page.evaluate("([rule, place]) => String(rules.rule_left(rule, place))", told)

    for op, wanted, is_there in COMPARED:
        address = [{"field": "page", "op": op, "value": wanted}]
        assert (left(address, {"url": ADDRESS}) == "0") is is_there, (op, wanted)

    on_page, on_site = {"field": "page_seconds", "value": "60"}, {"field": "site_seconds", "value": "300"}
    scroll = {"field": "scroll", "value": "70"}
    place = {"url": "/", "seconds": 20, "site": 290, "scroll": 30}
    assert left([on_page, on_site], place) == "40"
    assert left([on_page, on_site], place, any=True) == "10"
    assert left([on_page, scroll], place) == "Infinity"
    assert left([scroll], place | {"scroll": 70}) == "0"
    assert left([], place) == "0"
    inner = {"any": True, "if": [scroll, on_page]}
    assert left([inner, on_site], place) == "40"
    assert left([inner, {"if": [scroll]}], place) == "Infinity"
