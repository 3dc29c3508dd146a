"""Journeys: a real browser against the real programs (web, worker, beat, mail door, mail sink), on the test database.

Run them in a pytest call of their own: Playwright keeps an event loop running in this thread.
`site` has the addresses, `visit` opens a browser of one more person, `as_agent` one that is signed in.
A journey that fails leaves a picture of every page in tests/journeys/screenshots/.
"""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
import redis
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from helpdesk.events.models import Event
from helpdesk.people.models import User
from helpdesk.supervisor import ports
from helpdesk.supervisor.child import Child, stop_all
from helpdesk.supervisor.folder import DataFolder
from helpdesk.supervisor.leash import Leash, send
from helpdesk.supervisor.programs import Addresses, children, commands
from helpdesk.supervisor.up import environment, local_url, site_answers
from helpdesk.supervisor.waiting import wait_for
from tests.factories import make_agent
from tests.journeys.outage import eventually

# This thread runs Playwright's event loop, and it is the only one that uses this process's connection.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PICTURES = Path(__file__).parent / "screenshots"
PASSWORD = "correct horse battery"
GIVEN_UP = ("htmx:afterRequest, ", "htmx:sendAbort, ", "htmx:sendError, ")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
STARTS_WITHIN = 180.0  # seconds
SETTLES_WITHIN = 15.0
AT_REST_FOR = 0.25
PATIENCE = 15_000  # milliseconds: what comes, comes at once; a busy machine takes its time


@dataclass(frozen=True)
class Site:
    """Where everything listens, and the programs themselves, by name."""

    url: str
    smtp_port: int
    sink_port: int
    programs: dict[str, Child]


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Site]:
    """The programs of `manage.py up`, on the test database."""
    folder = DataFolder(tmp_path_factory.mktemp("journeys"))
    folder.make()
    addresses = Addresses("127.0.0.1", *(ports.free_port() for _ in range(3)))
    env = environment(folder, addresses, {"DATABASE_URL": test_database_url()}, demo=True) | {
        "DEBUG": "1",
        "DEMO": "1",
        "ALLOWED_HOSTS": "*",
        "ALLOW_PRIVATE_ADDRESSES": "1",  # the mail servers of the journeys are on loopback
        "PUBLIC_URL": local_url(addresses),
        "CSRF_TRUSTED_ORIGINS": local_url(addresses),
        "SMTP_URL": f"smtp://127.0.0.1:{addresses.sink_port}",
    }
    leash = Leash()
    programs = {
        child.name: child for child in children(commands(addresses, folder, demo=True), folder, leash, env)
    }
    try:
        for child in programs.values():
            child.start()
        wait_until_ready(programs, addresses)
        yield Site(local_url(addresses), addresses.smtp_port, addresses.sink_port, programs)
    finally:
        let_go(programs)
        stop_all(list(programs.values()), patience=8)
        leash.close()


def test_database_url() -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


test_database_url.__test__ = False


def wait_until_ready(programs: dict[str, Child], addresses: Addresses) -> None:
    """Until the site answers, both mail ports listen and the worker takes jobs."""

    def is_ready() -> bool:
        for child in programs.values():
            assert child.exit_code() is None, f"{child.name} ended:\n{child.last_lines()}"
        mail = all(ports.answers("127.0.0.1", port) for port in (addresses.smtp_port, addresses.sink_port))
        return mail and site_answers(local_url(addresses), addresses) and "ready." in worker.log.read_text()

    worker = programs["worker"]
    is_up = wait_for(is_ready, seconds=STARTS_WITHIN, stop=Flag())
    assert is_up, "\n".join(f"{child.name}:\n{child.last_lines(5)}" for child in programs.values())


@pytest.fixture(autouse=True)
def clean_start(transactional_db, site) -> Iterator[None]:
    """Every journey has the tables to itself: what the worker still has to tell is told before they are emptied,
    and the programs are held still meanwhile, for one in mid-transaction would deadlock with the emptying."""
    let_go(site.programs)
    with suppress(
        httpx.TransportError
    ):  # when it has answered, what it was about to write when it was held is written
        httpx.get(f"{site.url}/healthz", timeout=SETTLES_WITHIN)
    forget_sessions_and_presence()
    yield
    deadline = time.monotonic() + SETTLES_WITHIN
    while Event.objects.filter(told_at=None).exists() and time.monotonic() < deadline:
        Flag().wait(0.1)
    eventually(web_has_come_to_rest)
    eventually(lambda: are_held_between_transactions(site.programs) or let_go(site.programs))


def web_has_come_to_rest() -> bool:
    """Whether the web processes have asked the database nothing for a while. The pages are closed by now, but the last
    thing that one of them began may still be on its way to its row, which would be the next journey's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name LIKE 'helpdesk-web%%' AND state_change > clock_timestamp() - %s * interval '1 second'",
            [AT_REST_FOR],
        )
        return cursor.fetchone()[0] == 0


def are_held_between_transactions(programs: dict[str, Child]) -> bool:
    """Stop every program; False where that caught one inside a transaction."""
    signal_all(programs, signal.SIGSTOP)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
            "AND application_name LIKE 'helpdesk-%'"
        )
        return cursor.fetchone()[0] == 0


def let_go(programs: dict[str, Child]) -> None:
    signal_all(programs, signal.SIGCONT)


def signal_all(programs: dict[str, Child], number: int) -> None:
    for child in programs.values():
        if child._process is not None and child.exit_code() is None:
            send(os.killpg, child.pid, number)


def forget_sessions_and_presence() -> None:
    keys = redis.Redis.from_url(settings.REDIS_URL)
    for key in keys.scan_iter("hd:*"):
        keys.delete(key)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, site, request) -> Iterator[Callable[..., Page]]:
    """visit("/demo/", **context): a page in a browser of its own, that is, another person's.

    Its `problems` are what the browser complained about: a script that failed, a breach of the page's policy.
    """
    pages: list[Page] = []

    def open_page(path: str = "", *, viewport: dict | None = None, **context) -> Page:
        context.setdefault("locale", "en-GB")
        context.setdefault("reduced_motion", "reduce")
        page = browser.new_context(viewport=viewport or DESK, base_url=site.url, **context).new_page()
        page.set_default_timeout(PATIENCE)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda said: page.problems.append(said.text) if is_problem(said) else None)
        pages.append(page)
        if path:
            page.goto(path)
        return page

    yield open_page
    if getattr(request.node, "has_failed", False):
        keep_pictures(request.node.name, pages)
    for page in pages:
        page.context.close()


def is_problem(said: ConsoleMessage) -> bool:
    """An error, but for what htmx says of every request that a newer one replaced or whose page was left meanwhile: of
    one that failed by itself the browser complains, too."""
    return said.type == "error" and not said.text.startswith(GIVEN_UP)


def keep_pictures(name: str, pages: list[Page]) -> None:
    PICTURES.mkdir(exist_ok=True)
    for number, page in enumerate(pages, 1):
        with suppress(Exception):  # a page that crashed has no picture; the failure itself is what counts
            page.screenshot(path=PICTURES / f"{re.sub(r'[^a-z0-9_]+', '-', name.lower())}-{number}.png")


@pytest.fixture
def as_agent(visit) -> Callable[..., Page]:
    """as_agent(user, "/desk/"): a page in the browser of that member of the team, signed in."""

    def open_page(user: User | None = None, path: str = "/desk/", **context) -> Page:
        user = user or make_agent(password=PASSWORD)
        page = visit(f"/login/?next={path}", **context)
        page.fill("input[name=username]", user.email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    return open_page


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call) -> Iterator[None]:
    outcome = yield
    if outcome.get_result().failed:
        item.has_failed = True
