"""What the widget's one line costs the page it stands on, and what is fetched only when it is called."""

import json
from statistics import median

import pytest

from tests.factories import make_inbox
from tests.journeys.hosts import foreign_site
from tests.journeys.widget import press_launcher, wait_until, widget_of

SHIFTS = """() => { window.shifts = 0;
  new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (shifts += value)))
    .observe({ type: 'layout-shift', buffered: true }) }"""


@pytest.fixture
def shop(clean_start, site):
    with foreign_site(site.url, make_inbox("webchat", name="Shop").key) as address:
        yield address


def test_the_loader_takes_at_most_5_milliseconds_of_script(visit, shop, browser):
    page = visit()
    taken = []
    for _ in range(5):
        browser.start_tracing(page=page, categories=["devtools.timeline", "v8"])
        page.goto(shop)
        page.wait_for_selector("[data-helpdesk]", state="attached")
        taken.append(script_time(json.loads(browser.stop_tracing())["traceEvents"]))
    assert 0 < median(taken) <= 5, taken


def script_time(events: list[dict]) -> float:
    """Milliseconds of the main thread's own time that the loader's compiling and running took."""
    of_loader = [
        event["tdur"]
        for event in events
        if event["name"] in ("EvaluateScript", "v8.compile")
        and event["args"].get("data", {}).get("url", "").endswith("loader.js")
        and "tdur" in event
    ]
    return sum(of_loader) / 1_000


def test_nothing_on_the_page_moves_when_the_launcher_and_the_widget_come(visit, shop):
    page = visit(shop)
    page.evaluate(SHIFTS)
    page.wait_for_selector("[data-helpdesk]", state="attached")
    press_launcher(page)
    widget_of(page)
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert page.evaluate("shifts") == 0


def test_what_few_pages_call_is_fetched_when_it_is_called_and_done_in_order(visit, site, shop):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(shop)
    page.wait_for_selector("[data-helpdesk]", state="attached")
    page.evaluate(
        """() => { window.heard = [];
        for (const name of ['open', 'close', 'error']) helpdesk('on', name, (said) => heard.push(said || name)) }"""
    )
    assert [url for url in asked if "/widget/more/" in url] == []
    page.evaluate(
        "() => { helpdesk('toggle'); helpdesk('close'); helpdesk('no such thing'); helpdesk('open') }"
    )
    wait_until(page, "heard.length === 4")
    assert page.evaluate("heard") == ["open", "close", "no such thing", "open"]
    assert len([url for url in asked if "/widget/more/" in url]) == 1
    assert page.problems == []


def test_where_the_second_half_cannot_be_had_the_first_goes_on(visit, shop):
    page = visit()
    page.route("**/widget/more/**", lambda route: route.abort())
    page.goto(shop)
    page.wait_for_selector("[data-helpdesk]", state="attached")
    page.evaluate(
        "() => { window.heard = []; helpdesk('on', 'error', (said) => heard.push(said)); helpdesk('track', 'x') }"
    )
    wait_until(page, "heard.length === 1")
    press_launcher(page)
    assert widget_of(page)
