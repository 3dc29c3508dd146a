"""A support leader's Monday: reads the report, filters, compares, follows a number to its ticket, changes an
assumption, shares the report, and takes the link back."""

import re

import pytest
from playwright.sync_api import Page, expect

from funnel.replay import replay
from funnel.tallies.refresh import refresh_now
from tests.factories import make_admin
from tests.funnel.histories import GOLDEN
from tests.journeys.accessibility import violations
from tests.journeys.conftest import PASSWORD, PHONE

JANUARY = "/funnel/?period=custom&since=2026-01-01&until=2026-01-31"


@pytest.fixture
def january() -> None:
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    refresh_now()


@pytest.fixture
def leader(january, as_agent) -> Page:
    page = as_agent(make_admin(password=PASSWORD), "/funnel/")
    page.goto(JANUARY)
    return page


def tile(page: Page, figure: str):
    return page.locator(f"[data-figure={figure}] .tile-figure")


def test_a_leader_reads_filters_compares_and_follows_a_number_to_its_ticket(leader):
    page = leader
    expect(page.get_by_role("heading", name="Self-service solved 40.0% of 10 problems.")).to_be_visible()
    page.locator("#choose-channel summary").click()
    page.locator("#choose-channel").get_by_label("Email").check()
    expect(tile(page, "new")).to_have_text("1")
    expect(page.get_by_role("link", name="Remove the filter Channel: Email")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Clear filters").click()
    expect(tile(page, "new")).to_have_text("7")
    page.get_by_label("Compared with").select_option("last_year")
    expect(page.locator("#report")).to_contain_text("January 2025")
    expect(page).to_have_url(re.compile("compare=last_year"))

    tile(page, "closed").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Closed by the team")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(6)
    page.locator("tbody tr a").first.click()
    page.wait_for_url(re.compile(r"/desk/tickets/\d+/"))
    expect(page.get_by_text("Told again from a history.").first).to_be_visible()
    assert page.problems == []


def test_a_band_of_the_picture_leads_to_its_people_by_the_keyboard(leader):
    page = leader
    band = page.locator("svg a[href*='source=bot'][href*='target=team_after_self_service']")
    band.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("Answer bot")
    assert page.problems == []


def test_a_changed_assumption_is_tried_saved_and_kept(leader):
    page = leader
    money = page.locator("[data-figure=money_saved] .savings-figure")
    before = money.inner_text()
    page.get_by_label("Minutes of work on a simple conversation").fill("60")
    expect(page.get_by_text("Values being tried, not saved")).to_be_visible()
    expect(money).not_to_have_text(before)
    tried = money.inner_text()
    page.get_by_role("button", name="Save for everybody").click()
    expect(page.get_by_text("Values being tried, not saved")).to_have_count(0)
    page.reload()
    expect(money).to_have_text(tried)
    assert page.problems == []


def test_a_link_is_shared_read_signed_out_and_revoked(leader, visit):
    page = leader
    page.get_by_role("link", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Who is it for?").fill("The board")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("heading", name="The link is ready")).to_be_visible()
    url = dialog.locator("code").inner_text()

    guest = visit()
    guest.goto(url)
    expect(guest.get_by_role("heading", name="Self-service solved 40.0% of 10 problems.")).to_be_visible()
    expect(guest.locator("[data-figure=closed]")).to_contain_text("6")
    text = guest.content()
    assert "customer.example" not in text
    assert "/desk/" not in text
    assert violations(guest) == []

    page.goto("/funnel/share/")
    page.get_by_role("article").filter(has_text="The board").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("revoked", exact=True)).to_be_visible()
    answer = guest.reload()
    assert answer.status in (404, 410)
    expect(guest.get_by_text("Self-service solved")).to_have_count(0)
    assert guest.context.cookies() == [] or all(
        cookie["name"] != "sessionid" for cookie in guest.context.cookies()
    )


SCREENS = [
    JANUARY,
    "/funnel/sessions/?period=custom&since=2026-01-01&until=2026-01-31&figure=sessions",
    "/funnel/conversations/?period=custom&since=2026-01-01&until=2026-01-31&figure=closed",
    "/funnel/articles/?period=custom&since=2026-01-01&until=2026-01-31",
    "/funnel/invest/",
    "/funnel/share/",
    "/settings/reporting/",
]


@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("light", {"width": 1280, "height": 900}), ("dark", PHONE)],
    ids=["desk", "phone"],
)
def test_no_screen_of_the_report_breaks_a_rule_of_accessibility(january, as_agent, scheme, viewport):
    page = as_agent(make_admin(password=PASSWORD), "/funnel/", color_scheme=scheme, viewport=viewport)
    found = {}
    for path in SCREENS:
        page.goto(path)
        if broken := violations(page):
            found[path] = broken
    assert found == {}
    assert page.problems == []
