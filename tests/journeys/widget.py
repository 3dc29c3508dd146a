"""Handling the widget as a visitor does. Its shadow root is closed, so the launcher is found by its place."""

import time

from playwright.sync_api import Frame, Page


def press_launcher(page: Page) -> None:
    """Click where the launcher floats: 20 px from the corner, 56 px wide."""
    size = page.viewport_size
    page.mouse.click(size["width"] - 48, size["height"] - 48)


def widget_of(page: Page) -> Frame:
    """The widget's frame, once it is ready for use."""
    while not (found := [frame for frame in page.frames if "/widget/frame/" in frame.url]):
        page.wait_for_event("framenavigated")
    found[0].wait_for_selector("body[data-ready]")
    return found[0]


def open_widget(page: Page) -> Frame:
    """The widget's frame once it is open and ready."""
    page.wait_for_selector("[data-helpdesk]", state="attached")
    press_launcher(page)
    return widget_of(page)


def wait_until(page: Page, expression: str) -> None:
    """Until this holds in the page. Playwright's own waiting evaluates inside the page, which strict policies forbid."""
    deadline = time.monotonic() + 15
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)
