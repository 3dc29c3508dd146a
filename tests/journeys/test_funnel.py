"""A support leader reads the funnel, asks for another period and another channel, and takes the numbers along."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from funnel.replay import replay
from funnel.tallies.refresh import refresh_now
from tests.funnel.histories import GOLDEN
from tests.journeys.conftest import PHONE

JANUARY = "/funnel/?period=custom&since=2026-01-01&until=2026-01-31"


def tile(page: Page, figure: str):
    return page.locator(f"[data-figure={figure}] .tile-figure")


def test_a_leader_reads_filters_and_takes_the_numbers_along(as_agent, tmp_path):
    page = with_january(as_agent)
    expect(page.get_by_role("heading", name="Self-service solved 40.0% of 10 problems.")).to_be_visible()
    expect(page.get_by_role("group", name="Which layer solved what")).to_be_visible()
    expect(tile(page, "csat")).to_have_text("60.0%")

    page.get_by_text("The flow as a table").focus()
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name="On their own Help articles 4 36.4%")
    expect(row).to_be_visible()

    page.evaluate("document.body.dataset.stays = 'yes'")
    page.locator("#choose-channel > summary").press("Enter")
    page.get_by_role("checkbox", name="Email").press("Space")
    expect(tile(page, "new")).to_have_text("1")
    expect(page.locator("#choose-channel > summary")).to_contain_text("Channel:Email")
    expect(page.get_by_role("checkbox", name="Email")).to_be_focused()
    expect(row).not_to_be_visible()
    expect(page).to_have_url(re.compile("channel=email"))
    assert page.evaluate("document.body.dataset.stays") == "yes", "the page was not loaded anew"
    page.keyboard.press("Escape")

    page.locator("#downloads > summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    kept = tmp_path / "report.csv"
    download.value.save_as(kept)
    assert figures_of(kept)["new"] == "1"

    page.get_by_role("link", name="Remove the filter Channel: Email").click()
    expect(tile(page, "new")).to_have_text("7")
    assert page.problems == []


def test_a_number_leads_to_the_ticket_it_counts(as_agent):
    page = with_january(as_agent)
    page.locator(".breakdown-tabs").get_by_role("link", name="Channel").click()
    row = page.locator("#breakdown").get_by_role("row", name="Email")
    expect(row).to_be_visible()
    expect(page).to_have_url(re.compile("by=channel"))
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="New conversations")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.problems == []


def test_the_hours_of_the_week_are_walked_by_arrow_keys(as_agent):
    page = with_january(as_agent)
    first = page.locator(".heat a[tabindex='0']")
    first.focus()
    was = int(first.get_attribute("data-hour"))
    page.keyboard.press("ArrowRight")
    now = page.evaluate("Number(document.activeElement.dataset.hour)")
    assert was < now < (was // 24 + 1) * 24
    expect(page.locator(".heat a[tabindex='0']")).to_have_count(1)


def test_the_figures_come_anew_each_minute_without_folding_what_is_open(as_agent):
    page = with_january(as_agent)
    page.clock.install()
    page.goto(JANUARY)
    page.get_by_text("The months as a table").click()
    page.clock.run_for(30_000)
    expect(page.locator("report-age")).to_contain_text(re.compile(r"Updated [345]\d seconds ago"))
    with page.expect_response(lambda response: "/funnel/" in response.url):
        page.clock.run_for(40_000)
    expect(page.get_by_role("row", name="January 2026")).to_be_visible()
    assert page.problems == []


def with_january(as_agent, **more) -> Page:
    """January's golden set, counted and on the screen."""
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    refresh_now()
    page = as_agent(path="/funnel/", **more)
    page.goto(JANUARY)
    return page


def figures_of(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8") as lines:
        return {row["name"]: row["value"] for row in csv.DictReader(lines) if row["part"] == "figure"}


def test_on_a_phone_the_ends_come_first_and_nothing_sticks_out(as_agent):
    page = with_january(as_agent, viewport=PHONE)
    end = page.locator(".funnel-ends li").filter(has_text="Solved by the bot")
    expect(end).to_be_visible()
    expect(end).to_contain_text("9.1%")
    width = page.evaluate("document.querySelector('main').scrollWidth")
    assert width <= PHONE["width"]
