"""A support leader reads the funnel, asks for another period and another channel, and takes the numbers along."""

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from funnel.replay import replay
from tests.funnel.histories import GOLDEN
from tests.journeys.conftest import PHONE

JANUARY = "/funnel/?period=custom&since=2026-01-01&until=2026-01-31"


def tile(page: Page, figure: str):
    return page.locator(f"[data-figure={figure}] .tile-figure")


def test_a_leader_reads_filters_and_takes_the_numbers_along(as_agent, tmp_path):
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    page = as_agent(path="/funnel/")
    page.goto(JANUARY)
    expect(page.get_by_role("heading", name="Self-service solved 40.0% of 10 problems.")).to_be_visible()
    expect(page.get_by_role("img", name="Which layer solved what")).to_be_visible()
    expect(tile(page, "csat")).to_have_text("60.0%")

    page.get_by_text("The flow as a table").focus()
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name="On their own Help articles 4 36.4%")
    expect(row).to_be_visible()

    page.evaluate("document.body.dataset.stays = 'yes'")
    page.get_by_label("Channel").select_option("email")
    expect(tile(page, "new")).to_have_text("1")
    assert "channel=email" in page.url
    assert page.evaluate("document.body.dataset.stays") == "yes", "the page was not loaded anew"

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    kept = tmp_path / "report.csv"
    download.value.save_as(kept)
    assert figures_of(kept)["new"] == "1"
    assert page.problems == []


def figures_of(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8") as lines:
        return {row["name"]: row["value"] for row in csv.DictReader(lines) if row["part"] == "figure"}


def test_on_a_phone_the_ends_come_first_and_nothing_sticks_out(as_agent):
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    page = as_agent(path="/funnel/", viewport=PHONE)
    page.goto(JANUARY)
    end = page.locator(".funnel-ends li").filter(has_text="Solved by the bot")
    expect(end).to_be_visible()
    expect(end).to_contain_text("9.1%")
    width = page.evaluate("document.querySelector('main').scrollWidth")
    assert width <= PHONE["width"]
