"""A support leader shares the report; a reader without an account opens the link; then it is revoked."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from funnel.replay import replay
from funnel.sharing.links import revoke_link, share_report, token_of
from funnel.sharing.schedules import schedule_report, unsubscribe_token
from funnel.tallies.refresh import refresh_now
from helpdesk.clock import now
from tests.factories import make_agent
from tests.funnel.histories import GOLDEN
from tests.journeys.accessibility import violations
from tests.journeys.conftest import DESK, PASSWORD, PHONE

JANUARY = "/funnel/?period=custom&since=2026-01-01&until=2026-01-31"


def test_a_leader_shares_a_reader_opens_and_the_link_is_revoked(as_agent, visit):
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    refresh_now()
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


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESK), ("dark", PHONE)])
def test_no_screen_of_sharing_breaks_a_rule_of_accessibility(as_agent, visit, scheme, viewport):
    replay((GOLDEN / "january.jsonl").read_text().splitlines())
    refresh_now()
    lea = make_agent("Lea", password=PASSWORD)
    kept = {"until": now() + timedelta(days=7), "language": "en", "by": lea}
    shared, revoked = share_report({}, note="The board", **kept), share_report({}, **kept)
    revoke_link(revoked)
    schedule = schedule_report({}, address="a@b.example", every="week", language="en", by=lea)
    page = as_agent(lea, JANUARY, color_scheme=scheme, viewport=viewport)
    page.goto(JANUARY)
    page.get_by_role("link", name="Share").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.goto("/funnel/share/")
    assert violations(page) == []
    reader = visit(color_scheme=scheme, viewport=viewport)
    for path in (
        f"/funnel/shared/{token_of(shared)}/",
        f"/funnel/shared/{token_of(revoked)}/",
        f"/funnel/unsubscribe/{unsubscribe_token(schedule)}/",
    ):
        reader.goto(path)
        assert (path, violations(reader)) == (path, [])
        assert reader.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
