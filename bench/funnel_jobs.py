"""What the report costs behind the reader's back: an event, a day and a month counted anew, all of it rebuilt."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace

from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import TruncDate, TruncMonth

from bench.funnel_report import Reader, days, last_day_before
from bench.funnel_rows import NOBODY
from bench.measure import Figure, cost_of, cpu_seconds, figure_of
from bench.stand import ROOT, Stand
from funnel.models import SupportSession
from funnel.report.period import add_months
from funnel.tallies.editions import current_edition
from funnel.tallies.lock import alone
from funnel.tallies.tallying import tally_day, tally_month
from helpdesk import clock
from helpdesk.events import names
from helpdesk.events.actor import Actor
from helpdesk.events.ledger import record
from helpdesk.people.models import User

EVENTS, TOLD, DAYS, MONTHS = 500, 100, 10, 3
A_DAY = 14_000  # sessions
AGENT = Actor("agent", 1, "Agent 1")
TICKET = SimpleNamespace(pk=1, channel="email", department_id=1, contact_id=NOBODY)


def measure_jobs() -> list[Figure]:
    with alone(wait=True):
        return [measure_event(), measure_told(), measure_day(), measure_month()]


def backend() -> int:
    connection.ensure_connection()
    return connection.connection.info.backend_pid


def reply() -> None:
    record(
        names.MESSAGE_REPLIED,
        by=AGENT,
        ticket=TICKET,
        value=600,
        business_value=600,
        data={"message": 1, "first": True},
    )


def measure_event() -> Figure:
    """Inside its transaction, which is taken back at the end."""
    pid = backend()
    with transaction.atomic():
        for _ in range(20):
            reply()
        costs = [cost_of(reply, pid) for _ in range(EVENTS)]
        transaction.set_rollback(True)
    return figure_of("recording one event, in its transaction", costs)


def measure_told() -> Figure:
    """With a commit of its own and the telling of whoever listens. Nobody's event: no session changes by it."""

    def record_and_commit() -> None:
        with transaction.atomic():
            record(names.MESSAGE_NOTED, by=AGENT, channel="email", data={"message": 1})

    pid = backend()
    return figure_of(
        "one event with its commit and telling", [cost_of(record_and_commit, pid) for _ in range(TOLD)]
    )


def measure_day() -> Figure:
    edition = current_edition()
    counts = sessions_by(TruncDate("started_at", tzinfo=edition.zone))
    day = min(counts, key=lambda day: abs(counts[day] - A_DAY))
    return counting(
        f"counting a day anew, {counts[day]:,} sessions",
        lambda: tally_day(edition, day, now=edition.reckoned_at),
        DAYS,
    )


def measure_month() -> Figure:
    edition = current_edition()
    counts = sessions_by(TruncMonth("started_at", tzinfo=edition.zone))
    month = max(counts, key=counts.get)
    return counting(
        f"counting a month anew, {counts[month]:,} sessions",
        lambda: tally_month(edition, month.date(), now=edition.reckoned_at),
        MONTHS,
    )


def sessions_by(moment: TruncDate | TruncMonth) -> dict:
    rows = SupportSession.objects.annotate(of=moment).values("of").annotate(count=Count("pk")).order_by()
    return dict(rows.values_list("of", "count"))


def counting(name: str, call: Callable[[], None], calls: int) -> Figure:
    pid = backend()
    call()
    return figure_of(name, [cost_of(call, pid) for _ in range(calls)])


def measure_rebuild(running: Stand) -> dict:
    """All days and months anew by the product's own command, while somebody reads what can't change any more."""
    reader = Reader(User.objects.filter(email__endswith="@bench.test").first())
    this_month = clock.now().astimezone(current_edition().zone).date().replace(day=1)
    settled = {
        "period": "custom",
        **days(add_months(this_month, -9), last_day_before(add_months(this_month, -3))),
    }
    before, edition = lasting(reader.read(settled).content), current_edition().pk
    begun, children = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    used = cpu_seconds(running.pids("postgres"))
    command = subprocess.Popen(
        [sys.executable, "manage.py", "funnel_rebuild", "--days"],
        cwd=ROOT, env=running.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    costs, is_right, pid = [], True, backend()

    def read() -> None:
        nonlocal is_right
        is_right = is_right and lasting(reader.read(settled).content) == before

    while command.poll() is None:
        costs.append(cost_of(read, pid))
        time.sleep(0.2)
    seconds = time.perf_counter() - begun
    used = cpu_seconds(running.pids("postgres")) - used
    after = current_edition().pk
    read()
    return {
        "rebuilt_in_seconds": seconds,
        "rebuild_cpu_seconds": resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - children,
        "rebuild_database_cpu_seconds": used,
        "rebuilt_by_a_new_edition": command.returncode == 0 and after != edition,
        "reports_during_the_rebuild": len(costs),
        "reports_during_the_rebuild_were_right": is_right,
        "report_p95_cpu_ms_during_the_rebuild": figure_of("", costs).cpu_p95_ms,
    }


def lasting(content: bytes) -> dict:
    """A report without what passes with time: who waits now, and when it was said."""
    told = json.loads(content)
    for figures in (told, told["previous"]):
        for name in ("now", "waiting", "longest_wait"):
            figures.pop(name, None)
    return told


def sizes() -> dict[str, str]:
    tables = {
        "sessions_and_their_indexes": "funnel_supportsession",
        "conversations_and_their_indexes": "funnel_supportconversation",
        "tallies_and_their_index": "funnel_tally",
    }
    with connection.cursor() as cursor:
        found = {}
        for name, table in tables.items():
            cursor.execute("SELECT pg_size_pretty(pg_total_relation_size(%s))", [table])
            found[name] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM funnel_tally WHERE edition_id = %s", [current_edition().pk])
        return found | {"tallies": cursor.fetchone()[0]}
