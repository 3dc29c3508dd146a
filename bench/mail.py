"""What one mail costs: received, parsed, threaded, stored, told and shown, beside its floor of the same run.

Half of the mails open tickets, half answer them. An agent's browser has the list open meanwhile: a socket that hears of every
change, and the list asked for anew at most once a second, as the desk's page does it. Counted is the CPU of every program of
the stand, broker and database among them, from the first mail until all listeners have been told of the last.
"""

import contextlib
import json
import smtplib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
from websockets.sync.client import connect

from bench.inbox import token_of
from bench.mail_floor import floor_of
from bench.measure import Figure, cost_of, cpu_seconds, percentile, report
from bench.stand import Stand, stand, use_django

CLIENTS = 4
CUSTOMERS = 500
LISTS_ONCE_IN = 1.0  # seconds, as in desk-live.js
AGENT, PASSWORD = "agent@bench.test", "measure-me-2024"
ADDRESS = "support@example.com"


def run(scale: int) -> None:
    half = scale // 2
    firsts, answers = (
        [mail(n) for n in range(half)],
        [mail(n, answers=n % half) for n in range(half, 2 * half)],
    )
    with stand() as running:
        use_django(running)
        make_workspace()
        send_all(running, [mail(-n) for n in range(1, 41)])  # the first ones load what the next find loaded
        wait_until_told()
        counted_apart()
        count_in_report()
        with open_desk(running):
            opened = measure_mails(running, "a mail that opens a ticket", firsts, "created")
            joined = measure_mails(running, "a mail that answers on it", answers, "appended")
        counting = measure_counting(2 * half)
    report("mail", [opened, joined, counting], scale=scale, notes=notes_on(opened, joined))


def counted_apart() -> None:
    """The funnel's own job rests meanwhile: counting is no part of a mail's way onto the screen, and measured by itself."""
    from django.core.cache import cache  # noqa: PLC0415

    cache.set("funnel:rests", True, 3600)


def count_in_report() -> None:
    from funnel.tallies.refresh import refresh  # noqa: PLC0415
    from helpdesk import clock  # noqa: PLC0415

    refresh(clock.now())


def measure_counting(mails: int) -> Figure:
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    cost = cost_of(count_in_report, connection.connection.info.backend_pid)
    shares = [value / mails for value in (cost.wall, cost.app, cost.db, cost.cpu)]
    return Figure("counting it in the report", mails, shares[0], 0, shares[1], shares[2], cpu_ms=shares[3])


def make_workspace() -> None:
    from helpdesk.inboxes.models import Inbox  # noqa: PLC0415
    from helpdesk.people.models import User  # noqa: PLC0415

    User.objects.create_user(AGENT, PASSWORD, name="Agent")
    Inbox.objects.create(name="Support", kind="email", address=ADDRESS)


def mail(number: int, *, answers: int | None = None) -> bytes:
    """A mail of 1.4 kB; an answer is the same customer's, as `number` and `answers` differ by whole rounds."""
    body = "Hello,\r\nwhere is my parcel? It should have been here last week.\r\n" * 20
    customer = (number if answers is None else answers) % CUSTOMERS
    thread = "" if answers is None else f"In-Reply-To: <{answers}@customers.test>\r\n"
    return (
        f"From: Customer {customer} <cust{customer}@customers.test>\r\nTo: {ADDRESS}\r\n"
        f"Subject: Order {number}\r\nMessage-ID: <{number}@customers.test>\r\n{thread}"
        f"Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n\r\n{body}"
    ).encode()


def measure_mails(running: Stand, name: str, mails: list[bytes], outcome: str) -> Figure:
    before, begun = cpu_by_program(running), time.perf_counter()
    times = send_all(running, mails)
    accepted = time.perf_counter() - begun
    wait_until_told()
    took = time.perf_counter() - begun
    after = cpu_by_program(running)
    used = {program: (after[program] - before[program]) / len(mails) * 1000 for program in after}
    figure = Figure(name, len(mails), took / len(mails) * 1000, percentile(times, 95))
    figure.db_cpu_ms = used.pop("postgres")
    figure.app_cpu_ms = sum(used.values())
    figure.cpu_ms = figure.app_cpu_ms + figure.db_cpu_ms
    figure.cpu_floors = {
        "parser and bare INSERTs": floor_of(running.env["DATABASE_URL"], len(mails), outcome)
    }
    figure.facts = {
        "programs": used,
        "accepted a second": len(mails) / accepted,
        "told a second": len(mails) / took,
    }
    return figure


def cpu_by_program(running: Stand) -> dict[str, float]:
    return {program: cpu_seconds(pids) for program, pids in running.programs().items()}


def send_all(running: Stand, mails: list[bytes]) -> list[float]:
    """By several clients at once, each over one connection; milliseconds until each 250."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [mails[client::CLIENTS] for client in range(CLIENTS)]
        return [took for times in pool.map(lambda share: send(running, share), shares) for took in times]


def send(running: Stand, mails: list[bytes]) -> list[float]:
    times = []
    with smtplib.SMTP("127.0.0.1", running.smtp_port) as smtp:
        for content in mails:
            begun = time.perf_counter()
            smtp.sendmail("somebody@customers.test", [ADDRESS], content)
            times.append((time.perf_counter() - begun) * 1000)
    return times


def wait_until_told() -> None:
    from helpdesk.events.models import Event  # noqa: PLC0415
    from helpdesk.inboxes.models import RawMessage  # noqa: PLC0415

    while (
        RawMessage.objects.filter(outcome="pending").exists() or Event.objects.filter(told_at=None).exists()
    ):
        time.sleep(0.2)


@contextlib.contextmanager
def open_desk(running: Stand) -> Iterator[None]:
    """An agent's browser with the list before it, in a thread: hears the news and asks for the list as the page does."""
    with httpx.Client(base_url=running.url, timeout=60) as browser:
        page = browser.get("/login/")
        form = {"username": AGENT, "password": PASSWORD, "csrfmiddlewaretoken": token_of(page)}
        if browser.post("/login/", data=form).status_code != 302:
            raise SystemExit("Signing in failed.")
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"Cookie": cookies, "Origin": running.url}
        with connect(running.url.replace("http", "ws") + "/ws/desk/", additional_headers=headers) as socket:
            socket.send(json.dumps({"ticket": None, "after": 0}))
            stop = threading.Event()
            watching = threading.Thread(target=watch, args=(socket, browser, stop))
            watching.start()
            yield
            stop.set()
            watching.join()


def watch(socket: object, browser: httpx.Client, stop: threading.Event) -> None:
    is_stale, drawn = False, 0.0
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            is_stale = bool(json.loads(socket.recv(timeout=0.2)).get("events")) or is_stale
        if is_stale and time.monotonic() - drawn >= LISTS_ONCE_IN:
            drawn, is_stale = time.monotonic(), False
            browser.get("/desk/views/open/?shown=50", headers={"HX-Request": "true"}).raise_for_status()


def notes_on(*figures: Figure) -> list[str]:
    notes = ["Wall is elapsed time over mails, p95 the time until the 250. App CPU by program:"]
    for figure in figures:
        programs = sorted(figure.facts["programs"].items(), key=lambda item: -item[1])
        shares = ", ".join(f"{name} {ms:.2f}" for name, ms in programs)
        rates = f"{figure.facts['accepted a second']:.0f} accepted and {figure.facts['told a second']:.0f} told a second"
        notes.append(f"  {figure.name}: {shares}; {rates}, {CLIENTS} clients")
    both = sum(figure.cpu_ms for figure in figures) / len(figures)
    floor = sum(sum(figure.cpu_floors.values()) for figure in figures) / len(figures)
    return [
        *notes,
        f"Half and half: {both:.1f} ms a mail, {both / floor:.1f} times the floor of {floor:.2f} ms.",
    ]
