"""Who is on a customer's own site shows at the desk, live; an agent writes to one of them, and bans another."""

from playwright.sync_api import expect

from helpdesk.events.models import Event
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_inbox
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD, PHONE
from tests.journeys.holding import held_back
from tests.journeys.hosts import PAGE, POLICY, site_of
from tests.journeys.outage import eventually
from tests.journeys.widget import open_widget, wait_until, widget_of

HEARS = "helpdesk('on', 'unread', (count) => (window.unread = count))"


def foreign_shop(site, inbox):
    """A site of another origin, with a strict policy, that lets the team see who is there."""
    page = PAGE.format(site=site.url, key=inbox.key, lang="en", dir="ltr").replace(
        " async", " data-visitors async"
    )
    return site_of(page, policy=POLICY.format(site=site.url))


def test_an_agent_sees_who_is_there_and_writes_to_them(site, visit, as_agent, clean_start):
    inbox = make_inbox("webchat", name="Shop", options={"team": "Fernweh Supply"})
    agent = make_agent("Alice Moreau", password=PASSWORD)
    desk = as_agent(agent, "/desk/visitors/")
    expect(desk.get_by_text("Nobody is on your site now.")).to_be_visible()
    before = Event.objects.count()

    with foreign_shop(site, inbox) as shop:
        guest = visit(locale="it-IT", timezone_id="Europe/Rome")
        guest.goto(shop)
        row = desk.locator("tbody tr")
        expect(row).to_have_count(1, timeout=20_000)
        expect(row).to_contain_text("Boots and more")
        expect(row).to_contain_text("Italian")
        expect(row).to_contain_text("Browsing")
        desk.reload()
        expect(desk.locator("rail-count")).to_have_text("1")

        guest.get_by_role("link", name="Next page").click()
        desk.locator("[data-visitor]").first.click()
        trail = desk.locator(".visitor-trail li")
        expect(trail).to_have_count(2, timeout=20_000)
        expect(desk.locator("#visitor-facts")).to_contain_text("Europe/Rome")
        assert Event.objects.count() == before  # looking around leaves nothing in the ledger

        box = desk.get_by_label("Start a chat")
        box.press_sequentially("Can I help ")
        desk.evaluate("document.querySelector('live-visitors').refresh()")
        expect(box).to_be_focused()  # the table was drawn anew meanwhile
        box.press_sequentially("you?")
        for scheme in ("light", "dark"):
            desk.emulate_media(color_scheme=scheme)
            assert violations(desk) == []
        desk.set_viewport_size(PHONE)
        assert violations(desk) == []
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
        desk.locator("form.visitor-write").get_by_role("button", name="Send").click()
        expect(desk.locator("#timeline, .timeline").first).to_contain_text("Can I help you?")

        guest.evaluate(HEARS)
        guest.evaluate("document.title = 'Tents'")  # the page says so within a second, and hears what is new
        guest.evaluate("history.pushState(null, '', '/tents')")
        wait_until(guest, "window.unread === 1")
        card = next(frame for frame in guest.frames if "/widget/watch/" in frame.url)
        expect(card.get_by_role("button", name="Alice Moreau")).to_contain_text("Can I help you?")
        card.get_by_role("button", name="Alice Moreau").click()
        widget = widget_of(guest)
        expect(widget.get_by_role("log")).to_contain_text("Can I help you?")
        widget.get_by_role("textbox", name="Write a message…").fill("Yes, do they run small?")
        widget.get_by_role("textbox", name="Write a message…").press("Enter")

        desk.goto("/desk/visitors/")
        expect(row).to_contain_text("Waiting", timeout=20_000)
        expect(row).to_contain_text("Tents")
        assert violations(desk) == []
        assert Ticket.objects.get().assignee == agent

        guest.close()
        expect(row).to_have_count(0, timeout=30_000)
    assert guest.problems == []
    assert desk.problems == []


def test_a_banned_visitor_writes_nowhere_until_the_ban_is_lifted(site, visit, as_agent, clean_start):
    inbox = make_inbox("webchat", name="Shop")
    desk = as_agent(make_agent("Alice Moreau", password=PASSWORD, role="admin"), "/desk/visitors/")

    with foreign_shop(site, inbox) as shop:
        guest = visit(shop)
        expect(desk.locator("[data-visitor]")).to_have_count(1, timeout=20_000)
        with held_back(
            desk, lambda request: request.headers.get("hx-target") == "visitors"
        ) as wait_for_table:
            desk.evaluate("document.querySelector('live-visitors').refresh() && null")
            wait_for_table()
            desk.locator("[data-visitor]").click()  # while the table is being drawn anew
            expect(desk.get_by_label("Start a chat")).to_be_visible()
        desk.get_by_text("Ban…").click()
        desk.get_by_label("Why").fill("Insults")
        desk.get_by_role("button", name="Ban", exact=True).click()
        expect(desk.get_by_text("Nobody is on your site now.")).to_be_visible()

        widget = open_widget(guest)
        widget.get_by_role("navigation").get_by_role("button", name="Messages").click()
        box = widget.get_by_role("textbox", name="Write a message…")
        box.fill("Hello")
        box.press("Enter")
        expect(widget.get_by_role("log")).to_contain_text("You can't write here any more.", timeout=20_000)
        assert not Ticket.objects.exists()

        desk.goto("/settings/bans/")
        expect(desk.locator(".settings-line")).to_contain_text("Insults")
        assert violations(desk) == []
        desk.get_by_role("button", name="Lift").click()
        expect(desk.get_by_text("Nobody is banned.")).to_be_visible()
        wait_until_written(widget)
    assert desk.problems == []


def wait_until_written(widget) -> None:
    """Other processes hear that a ban is lifted within seconds: try again until they have."""
    again = widget.get_by_role("button", name="Try again")

    def is_written() -> bool:
        if again.count() and again.first.is_visible():
            again.first.click()
        widget.page.wait_for_timeout(500)
        return Ticket.objects.exists()

    eventually(is_written)
