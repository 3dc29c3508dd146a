"""A support leader shares the report; a reader without an account opens the link; then it is revoked."""

import re

from playwright.sync_api import expect

from funnel.replay import replay
from tests.funnel.histories import GOLDEN

JANUARY = "/funnel/?period=custom&since=2026-01-01&until=2026-01-31"


def test_a_leader_shares_a_reader_opens_and_the_link_is_revoked(as_agent, visit):
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    page = as_agent(path="/funnel/")
    page.goto(JANUARY)
    page.get_by_role("link", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share the report")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Who is it for?").fill("The board")
    dialog.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("heading", name="The link is ready")).to_be_visible()
    url = page.locator("copy-text code").inner_text()

    reader = visit(url)
    expect(reader.get_by_role("heading", name=re.compile("Self-service solved"))).to_be_visible()
    expect(reader.locator("[data-figure=sessions] .tile-figure")).to_have_text(
        page.locator("[data-figure=sessions] .tile-figure").inner_text()
    )
    assert reader.locator("main a").count() == 0, "no way from a figure to what is behind it"
    with reader.expect_download() as download:
        reader.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "funnel-2026-01-01-2026-01-31.csv"

    page.get_by_role("link", name="All links, and the report by mail").click()
    row = page.locator("[data-link]").filter(has_text="The board")
    expect(row).to_contain_text("opened 1 time")
    row.get_by_role("button", name="Revoke").click()
    expect(page.locator("[data-link]").filter(has_text="revoked")).to_be_visible()
    assert reader.reload().status == 404
    expect(reader.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    assert page.problems == []
