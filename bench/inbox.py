"""What an agent's browser asks for all day, beside its bare SQL and a view that does nothing; alone, and eight at once.

Beyond 100,000 tickets both sizes are measured, one after the other, and what the larger one costs more is said.
"""

import itertools
import re
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import psycopg

from bench.measure import Figure, cost_of, measure, percentile, report, time_calls
from bench.stand import ROOT, Stand, stand

Ask = Callable[[httpx.Client], httpx.Response]
AGENT, PASSWORD = "agent1@bench.test", "measure-me-2024"  # as inbox_year.py makes them
USUAL = 100_000
CLIENTS, CALLS_EACH = 8, 12
PART = {"HX-Request": "true", "HX-Target": "ticket"}
OWN = """SELECT t.id FROM tickets_ticket t JOIN people_user u ON u.id = t.assignee_id
    JOIN routing_department d ON d.id = t.department_id WHERE u.email = %s AND NOT d.is_restricted AND t.channel = 'email' AND t.status = 'open' AND NOT t.is_spam AND t.snoozed_until IS NULL AND t.trashed_at IS NULL
    ORDER BY t.last_message_at DESC LIMIT 40"""
LIST = """SELECT t.id, t.subject, t.last_snippet, t.last_message_at, c.name FROM tickets_ticket t
    JOIN people_contact c ON c.id = t.contact_id
    WHERE t.status IN ('new', 'open', 'pending', 'on_hold') AND NOT t.is_spam AND t.snoozed_until IS NULL
    ORDER BY t.last_message_at DESC, t.id DESC LIMIT 50"""
TICKET = """SELECT id, kind, text, html, created_at, state FROM tickets_message WHERE ticket_id = %s
    ORDER BY created_at DESC, id DESC LIMIT 30"""
SEARCH = """SELECT t.id, t.subject, t.last_snippet, t.last_message_at, c.name FROM tickets_ticket t
    JOIN people_contact c ON c.id = t.contact_id WHERE t.id IN (
    SELECT ticket_id FROM tickets_message WHERE helpdesk_lexemes(CASE WHEN kind = 'incoming' THEN author_name ELSE '' END
        || ' ' || subject || ' ' || text, id) @@ 'zephyrine'::tsquery
    ORDER BY id DESC LIMIT 50) ORDER BY t.last_message_at DESC LIMIT 50"""
ANSWER = """INSERT INTO tickets_message (ticket_id, kind, inbox_id, channel, author_kind, author_name, user_id, subject, text,
    html, quoted, "to", cc, external_id, body_digest, in_reply_to, thread_reason, is_automatic, language, created_at, state,
    attempts, error, sender_check, closes_ticket, is_by_newcomer) VALUES (%s, 'note', 1, 'email', 'agent', '', 1, '',
    'Thank you, it left today.', '', '', '{}', '{}', '', '', '', '', false, '', now(), 'received', 0, '', '', false, false)"""


@dataclass(frozen=True)
class Page:
    """One thing that browsers ask for, and the SQL of what it shows."""

    name: str
    ask: Ask
    floor: str
    values: tuple[object, ...] = ()
    calls: int = 60


def run(scale: int) -> None:
    figures, notes, seconds, small = [], [], {}, {}
    for size in (USUAL, scale) if scale > USUAL else (scale,):
        found, seconds[size] = measure_desk(size)
        for figure in found:
            figure.facts["tickets"] = size
            if before := small.get(figure.name):
                figure.facts["growth"] = figure.cpu_ms / before
            elif scale > USUAL:
                small[figure.name] = figure.cpu_ms
        notes += lines_about(size, seconds[size], found)
        figures += found
    report("inbox", figures, scale=scale, notes=notes, facts={"filled_in_seconds": seconds})


def lines_about(size: int, seconds: float, figures: list[Figure]) -> Iterator[str]:
    yield f"\n{size:,} tickets, written in {seconds:.0f} s. CPU of application and database, ms; 8 clients at once:"
    for one in figures:
        facts = one.facts
        grown = f"; {facts['growth']:.2f} x the smaller desk" if "growth" in facts else ""
        many = (
            f"; p95 of 8 {facts['p95_of_8']:.0f}, {facts['x_single']:.1f} x one"
            if "p95_of_8" in facts
            else ""
        )
        floor = f"; {one.cpu_ms / facts['floor_cpu']:.1f} x (empty view + SQL)"
        yield f"  {one.name:<40}{one.cpu_ms:6.1f}{floor}{many}{grown}"


def measure_desk(tickets: int) -> tuple[list[Figure], float]:
    """A desk of its own with so many tickets: the figures, and the seconds it took to fill."""
    with stand() as running:
        begun = time.perf_counter()
        fill = [sys.executable, "-m", "bench.inbox_data", "--tickets", str(tickets)]
        subprocess.run(fill, cwd=ROOT, env=running.env, check=True)
        seconds = time.perf_counter() - begun
        with httpx.Client(base_url=running.url, timeout=60) as browser:
            sign_in(browser)
            return measure_pages(running, browser, tickets), seconds


def sign_in(browser: httpx.Client) -> None:
    token = token_of(browser.get("/login/"))
    answer = browser.post(
        "/login/", data={"username": AGENT, "password": PASSWORD, "csrfmiddlewaretoken": token}
    )
    if answer.status_code != 302:
        raise SystemExit(f"Signing in failed: {answer.status_code}")


def token_of(page: httpx.Response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]


def measure_pages(running: Stand, browser: httpx.Client, tickets: int) -> list[Figure]:
    short, long = (tickets - 2000, tickets - 1000) if tickets > 2000 else (tickets - 10, tickets)
    with psycopg.connect(running.env["DATABASE_URL"], autocommit=True) as database:
        bench = Bench(running, browser, database)
        nothing = bench.meter("empty view", bench.get("/bench/nothing/"), 100).cpu_ms
        own = [row[0] for row in database.execute(OWN, [AGENT])]
        token = token_of(browser.get(f"/desk/tickets/{short}/"))
        pages = [
            Page("ticket list, 50 rows", bench.get("/desk/views/open/"), LIST),
            Page("ticket with 3 messages", bench.get(f"/desk/tickets/{short}/"), TICKET, (short,)),
            Page("ticket with 200 messages", bench.get(f"/desk/tickets/{long}/"), TICKET, (long,)),
            Page("ticket switch, the panes only", bench.switch(own), TICKET, (short,)),
            Page("search, a word in 1 %", bench.get("/desk/search/?q=zephyrine"), SEARCH, calls=30),
            Page("agent's answer (POST)", bench.answer(own, token), ANSWER, (short,), 40),
            Page("REST list, 50 tickets", bench.rest_list(), LIST),
        ]
        return [bench.measure_page(page, nothing) for page in pages]


@dataclass(frozen=True)
class Bench:
    running: Stand
    browser: httpx.Client
    database: psycopg.Connection

    def measure_page(self, page: Page, nothing: float) -> Figure:
        figure = self.meter(page.name, page.ask, page.calls)
        figure.facts["floor_cpu"] = nothing + self.cost_of_sql(page)
        single = figure.wall_ms
        many = self.times_of_many(page.ask)
        figure.facts |= {"p95_of_8": percentile(many, 95), "x_single": percentile(many, 95) / single}
        return figure

    def meter(self, name: str, ask: Ask, calls: int) -> Figure:
        figure = measure(
            name,
            lambda: ask(self.browser),
            calls=calls,
            app_pids=lambda: self.running.pids("web"),
            db_pids=lambda: self.running.pids("postgres"),
        )
        figure.cpu_ms = figure.app_cpu_ms + figure.db_cpu_ms
        return figure

    def cost_of_sql(self, page: Page) -> float:
        """CPU of the bare statement at both ends, ms."""
        backend = self.database.info.backend_pid
        costs = [cost_of(lambda: self.rows_of(page), backend).cpu for _ in range(page.calls)]
        return statistics.median(costs)

    def rows_of(self, page: Page) -> object:
        answer = self.database.execute(page.floor, page.values or None)
        return answer.fetchall() if answer.description else None

    def times_of_many(self, ask: Ask) -> list[float]:
        """What each call took, ms, where CLIENTS browsers ask at the same time."""

        def work(_client: int) -> list[float]:
            with httpx.Client(base_url=self.running.url, timeout=60, cookies=self.browser.cookies) as browser:
                return time_calls(lambda: ask(browser), calls=CALLS_EACH, warm=1)

        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(itertools.chain.from_iterable(pool.map(work, range(CLIENTS))))

    def get(self, path: str, **headers: str) -> Ask:
        return lambda browser: answered(browser.get(path, headers=headers))

    def switch(self, tickets: list[int]) -> Ask:
        """One ticket after the other, as the agent goes down the list."""
        turn = itertools.cycle(tickets)
        return lambda browser: answered(browser.get(f"/desk/tickets/{next(turn)}/?view=mine", headers=PART))

    def answer(self, tickets: list[int], token: str) -> Ask:
        turn = itertools.cycle(tickets)

        def ask(browser: httpx.Client) -> httpx.Response:
            form = {
                "kind": "reply",
                "text": "Thank you, it left today.",
                "client_uuid": str(uuid.uuid4()),
                "csrfmiddlewaretoken": token,
            }
            path = f"/desk/tickets/{next(turn)}/messages/"
            return answered(browser.post(path, data=form, headers={"HX-Request": "true"}))

        return ask

    def rest_list(self) -> Ask:
        make = [sys.executable, "manage.py", "create_token", AGENT]
        made = subprocess.run(
            make, cwd=ROOT, env=self.running.env, check=True, capture_output=True, text=True
        )
        return self.get("/api/v1/tickets/", Authorization=f"Bearer {made.stdout.split()[-1]}")


def answered(response: httpx.Response) -> httpx.Response:
    if response.status_code != 200:
        raise SystemExit(f"{response.request.url} answered {response.status_code}")
    return response
