"""A year of sessions for the funnel: python -m bench.funnel_data --sessions 5000000 --months 12

Writes sessions and conversations of the current edition into the helpdesk of HELPDESK_DATA (default var), two days at
a time, with a progress bar. Only into a desk without any: made-up sessions must not mix with a real report.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import local
from zoneinfo import ZoneInfo

import psycopg

SEED = 20261122
AT_ONCE = 2  # connections; the database does the work
ZONE = "Europe/Rome"  # with daylight saving days
DEPARTMENTS = ("Support", "Orders", "Billing", "Returns", "Technical", "Sales", "Partners", "Legal")
AGENTS = 40
TABLES = ("funnel_supportsession", "funnel_supportconversation", "events_event")
BAR = 40


@dataclass(frozen=True)
class Written:
    """What was written and in how many seconds."""

    edition: int
    sessions: int
    conversations: int
    now: datetime
    seconds: float


def write_year(sessions: int, *, months: int = 12, url: str | None = None) -> Written:
    """Fill an empty desk; Django must be set up. The last month is the current one, so far."""
    from django.utils import timezone  # noqa: PLC0415  needs the Django set up by whoever calls

    from bench.funnel_rows import share_out  # noqa: PLC0415
    from funnel.report.period import last_months  # noqa: PLC0415

    begun = time.perf_counter()
    url = url or os.environ["DATABASE_URL"]
    now = timezone.now().astimezone(ZoneInfo(ZONE)).replace(microsecond=0)
    first = last_months(months, today=now.date(), zone=now.tzinfo).since
    desk = prepare_desk(now)
    days = share_out(sessions, first, now, random.Random(SEED))
    with without_indexes(url):
        write_days(url, days, desk | {"now": now, "people": max(sessions // 3, 1)})
    with psycopg.connect(url, autocommit=True) as database:
        for table in TABLES:
            database.execute(f"VACUUM ANALYZE {table}")
        count = "SELECT count(*) FROM funnel_supportconversation WHERE edition_id = %s"
        conversations = database.execute(count, [desk["edition"]]).fetchone()[0]
    return Written(desk["edition"], sessions, conversations, now, time.perf_counter() - begun)


def prepare_desk(now: datetime) -> dict:
    """The edition, departments and agents that the rows speak of."""
    from funnel.models import Edition, SupportSession  # noqa: PLC0415
    from helpdesk.people.models import User, Workspace  # noqa: PLC0415
    from routing.models import Department  # noqa: PLC0415

    if SupportSession.objects.exists():
        raise SystemExit("This desk has sessions already: choose an empty one by HELPDESK_DATA.")
    workspace = Workspace.get()
    workspace.time_zone = ZONE
    workspace.save()
    edition = Edition.objects.filter(state=Edition.State.CURRENT).first()
    edition = edition or Edition(state=Edition.State.CURRENT, made_at=now)
    edition.time_zone, edition.read_until, edition.reckoned_at, edition.finished_at = ZONE, now, now, now
    edition.save()
    edition.facts = edition
    edition.save()
    departments = [Department.objects.get_or_create(name=name)[0].pk for name in DEPARTMENTS]
    agents = [
        User.objects.get_or_create(email=f"agent{n}@bench.test", defaults={"name": f"Agent {n}"})[0].pk
        for n in range(1, AGENTS + 1)
    ]
    return {"edition": edition.pk, "departments": departments, "agents": agents}


@contextmanager
def without_indexes(url: str) -> Iterator[None]:
    """Making an index at the end is much faster than keeping it right for each of five million rows."""
    kept = """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN (
        SELECT conname FROM pg_constraint WHERE conrelid IN (SELECT to_regclass(t) FROM unnest(%s::text[]) t))"""
    with psycopg.connect(url, autocommit=True) as database:
        indexes = database.execute(kept, [list(TABLES), list(TABLES)]).fetchall()
        for name, _ in indexes:
            database.execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        with ThreadPoolExecutor(AT_ONCE) as pool, Bar("indexes", len(indexes)) as bar:
            waiting = [pool.submit(make_index, url, definition) for _, definition in indexes]
            for made in as_completed(waiting):
                made.result()
                bar.step()


def make_index(url: str, definition: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("SET maintenance_work_mem = '512MB'")
        database.execute(definition)


def write_days(url: str, days: list, desk: dict) -> None:
    from bench.funnel_rows import deal_decks, write_day  # noqa: PLC0415

    own, departments = local(), desk.pop("departments")
    opened = []

    def write(day: object) -> int:
        if not hasattr(own, "database"):
            own.database = psycopg.connect(url, autocommit=True)
            opened.append(own.database)
            own.database.execute("SET synchronous_commit = off; SET max_parallel_workers_per_gather = 0")
            deal_decks(own.database, departments, SEED)
        write_day(own.database, day, **desk)
        return day.sessions

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool, Bar("sessions", sum(day.sessions for day in days)) as bar:
            waiting = [pool.submit(write, day) for day in days]
            for done in as_completed(waiting):
                bar.step(done.result())
    finally:
        for database in opened:
            database.close()


class Bar:
    """A progress bar with the time left; a line at the end only, where nobody watches."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done, self.begun = what, total, 0, time.perf_counter()
        self.is_watched = sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *raised: object) -> None:
        print(f"{self.line()}, {time.perf_counter() - self.begun:.0f} s", file=sys.stderr)

    def step(self, count: int = 1) -> None:
        self.done += count
        if self.is_watched:
            past = time.perf_counter() - self.begun
            left = past / self.done * (self.total - self.done) if self.done else 0
            print(f"{self.line()}, {left:.0f} s left ", end="", file=sys.stderr, flush=True)

    def line(self) -> str:
        full = BAR * self.done // self.total if self.total else BAR
        start = "\r" if self.is_watched else ""
        return f"{start}{self.what:<10}[{'=' * full}{' ' * (BAR - full)}] {self.done:,} of {self.total:,}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=5_000_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--rows-only", action="store_true", help="leave the tallies to the helpdesk")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django  # noqa: PLC0415

    from helpdesk.supervisor.folder import DataFolder  # noqa: PLC0415
    from helpdesk.supervisor.lending import lent_servers  # noqa: PLC0415

    with lent_servers(DataFolder.chosen(), needs_tables=True):
        django.setup()
        written = write_year(options.sessions, months=options.months)
    print(
        f"{written.sessions:,} sessions and {written.conversations:,} conversations in {written.seconds:.0f} s"
    )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
