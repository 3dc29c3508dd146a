"""A slow answer, as slow as a journey needs it: it comes when what should not wait for it has been seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Request, Route

from tests.journeys.outage import eventually


@contextmanager
def held_back(page: Page, is_held: Callable[[Request], bool]) -> Iterator[Callable[[], None]]:
    """The page's requests that `is_held` holds for are asked of the server only at the end. Gives a function that waits
    until there is one."""
    waiting: list[Route] = []

    def decide(route: Route, request: Request) -> None:
        if is_held(request):
            waiting.append(route)
        else:
            route.fallback()

    def wait() -> None:
        eventually(lambda: waiting or page.wait_for_timeout(20), seconds=15)

    page.route("**/*", decide)
    try:
        yield wait
    finally:
        for route in waiting:
            route.continue_()
        page.unroute("**/*", decide)
