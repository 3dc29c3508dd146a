"""Mails a second through the SMTP door, beside storing the same raw bytes alone."""

import smtplib
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from bench.measure import Figure, cpu_seconds, percentile, report
from bench.stand import Stand, stand, use_django

CLIENTS = 4


def run(scale: int) -> None:
    with stand() as running:
        use_django(running)
        from helpdesk.inboxes.models import Inbox, RawMessage  # noqa: PLC0415

        Inbox.objects.create(name="Support", kind="email", address="support@example.com")

        def cpu() -> list[float]:
            return [cpu_seconds(running.pids(program)) for program in ("mail_door", "worker", "postgres")]

        before = cpu()
        begun = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            times = [t for ts in pool.map(lambda n: send(running, n, scale), range(CLIENTS)) for t in ts]
        accepted = time.perf_counter() - begun
        while RawMessage.objects.filter(outcome="pending").exists():
            time.sleep(0.1)
        handled = time.perf_counter() - begun
        used = [now - was for now, was in zip(cpu(), before, strict=True)]
        floor = store_alone(running, scale)
    per_mail = [seconds / scale * 1000 for seconds in used]
    figures = [
        Figure(
            "accepted (250 seen)",
            scale,
            accepted / scale * 1000,
            percentile(times, 95),
            per_mail[0],
            None,
            None,
            {"raw INSERT": floor},
        ),
        Figure(
            "on its ticket",
            scale,
            handled / scale * 1000,
            0,
            per_mail[1],
            per_mail[2],
            None,
            {"raw INSERT": floor},
        ),
    ]
    report(
        "mail",
        figures,
        scale=scale,
        notes=[
            f"{scale / accepted:.0f} mails/s accepted by the door, {scale / handled:.0f} mails/s read onto tickets, {CLIENTS} clients.",
            "Wall is elapsed time over mails; app CPU is the mail door's in the first row, the worker's in the second.",
        ],
    )


def mail(number: int) -> bytes:
    body = "Hello,\r\nwhere is my parcel? It should have been here last week.\r\n" * 20
    return (
        f"From: Customer {number} <cust{number % 500}@customers.test>\r\nTo: support@example.com\r\n"
        f"Subject: Order {number}\r\nMessage-ID: <{number}@customers.test>\r\n"
        f"Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n\r\n{body}"
    ).encode()


def send(running: Stand, client: int, scale: int) -> list[float]:
    times = []
    with smtplib.SMTP("127.0.0.1", running.smtp_port) as smtp:
        for number in range(client, scale, CLIENTS):
            begun = time.perf_counter()
            smtp.sendmail(f"cust{number % 500}@customers.test", ["support@example.com"], mail(number))
            times.append((time.perf_counter() - begun) * 1000)
    return times


def store_alone(running: Stand, scale: int) -> float:
    """Milliseconds a mail for the same number of clients that only insert and commit the raw bytes."""

    def insert(client: int) -> None:
        with psycopg.connect(running.env["DATABASE_URL"], autocommit=True) as database:
            for number in range(client, scale, CLIENTS):
                database.execute("INSERT INTO raw_floor VALUES (%s)", [mail(number)])

    with psycopg.connect(running.env["DATABASE_URL"], autocommit=True) as database:
        database.execute("CREATE TABLE raw_floor (body bytea)")
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(insert, range(CLIENTS)))
    return (time.perf_counter() - begun) / scale * 1000
